package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/gateway"
	"github.com/obmen-go/obmen/ecr/gateway/config"
	"github.com/obmen-go/obmen/ecr/serial"
)

// device is one register and its gateway.
type device struct {
	config.Device
	gateway  *gateway.Gateway
	listener net.Listener
}

// serve runs a gateway for each connection (rule E29) until ctx ends or one of
// them fails. Nothing is served before everything could be opened.
func serve(ctx context.Context, s *settings, stdout, stderr io.Writer) (err error) {
	c, err := load(s.config)
	if err != nil {
		return err
	}
	var devices []*device
	defer func() {
		for _, d := range devices {
			d.listener.Close()
		}
	}()
	for _, d := range c.Devices() {
		l, err := net.Listen("tcp", net.JoinHostPort(s.bind, strconv.Itoa(d.Port)))
		if err != nil {
			return fmt.Errorf("cannot listen for device %d: %w", d.ID, err)
		}
		devices = append(devices, &device{Device: d, listener: l})
	}
	status, missed, err := listenStatus(s)
	if err != nil {
		return fmt.Errorf("cannot serve the status page: %w", err)
	}
	if status != nil {
		defer status.Close()
	}
	log, closeLog, err := openLog(s.log, c.Level(), stderr)
	if err != nil {
		return fmt.Errorf("cannot write the log: %w", err)
	}
	defer closeLog()
	for _, w := range c.Warnings {
		log.Warn(located(s.config, w))
	}
	if missed != nil {
		log.Warn("no status page: its default address is taken, give another with -status", "error", missed.Error())
	}

	metrics := newMetrics()
	dialer := &ecr.Dialer{Serial: serial.Dial}
	for _, d := range devices {
		dial, err := dialer.Func(d.Address.String())
		if err != nil {
			return err
		}
		o := d.Options
		o.Protocol, o.DeviceLevel, o.ReceiptGuard, o.SendIdleByte = s.protocol, s.level, s.guard, s.idleByte
		o.MaxClients, o.Logger, o.Observer = s.clients, log, metrics.observer(o.Name)
		if c.Level() <= config.LevelDebug {
			o.Tracer, o.Verbose = traceTo(log), c.Level() == config.LevelVerbose
		}
		d.gateway = gateway.New(dial, &o)
		metrics.add(d)
	}

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for _, d := range devices {
		wg.Go(func() {
			if err := d.gateway.Serve(ctx, d.listener); err != nil {
				cancel(fmt.Errorf("device %d: %w", d.ID, err))
			}
		})
		log.Info("device", "device", d.Options.Name, "path", d.Path, "listening", d.listener.Addr().String(), "protocol", s.protocol.String())
	}
	if status != nil {
		server := &http.Server{
			Handler: statusHandler(devices, metrics), ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
			ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute,
			MaxHeaderBytes: 16 << 10,
		}
		go server.Serve(status)
		defer server.Close() // after the gateways: it shows how they end
		log.Info("status page", "url", "http://"+status.Addr().String()+"/")
	}
	for _, d := range devices {
		fmt.Fprintf(stdout, "listening on %v\n", d.listener.Addr())
	}
	<-ctx.Done()
	log.Info("stopping")
	wg.Wait()
	log.Info("stopped")
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		log.Log(context.Background(), config.LevelFatal.Slog(), cause.Error())
		return cause
	}
	return nil
}

// listenStatus opens the status page's address. A default one that is taken,
// by another gateway perhaps, is no reason not to run: missed says why.
func listenStatus(s *settings) (l net.Listener, missed, err error) {
	if s.status == "" {
		return nil, nil, nil
	}
	l, err = net.Listen("tcp", s.status)
	if err != nil && !s.given["status"] {
		return nil, err, nil
	}
	return l, nil, err
}
