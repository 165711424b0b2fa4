package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const defaultName = "ecr-gateway"

// displayed begins the displayed name of every service that install makes: by it
// uninstall knows its own.
const displayed = "ECR gateway ("

// service is what is installed.
type service struct {
	name, display, description string
	exe, config, logs          string   // absolute; logs is "" for the journal alone
	args                       []string // of the program: run and its flags, absolute paths
}

// manager installs and steers services: that of Windows, or systemd.
type manager interface {
	// Describe shows what Install would do.
	Describe(s service) string
	Install(s service) error
	Uninstall(name string) error
	Start(name string) error
	Stop(name string) error
}

// control runs a sub-command.
func control(m manager, command string, args []string, stdout, stderr io.Writer) int {
	s, err := parse(command, args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	if err := steer(m, command, s, args, stdout); err != nil {
		fmt.Fprintf(stderr, "ecr-gateway: %s %s: %v\n", command, s.name, err)
		return 1
	}
	return 0
}

func steer(m manager, command string, s *settings, args []string, stdout io.Writer) (err error) {
	switch command {
	case "install":
		var what service
		if what, err = describeService(s, args); err != nil {
			return err
		}
		if s.print {
			fmt.Fprint(stdout, m.Describe(what))
			return nil
		}
		err = m.Install(what)
	case "uninstall":
		err = m.Uninstall(s.name)
	case "start":
		err = m.Start(s.name)
	case "stop":
		err = m.Stop(s.name)
	}
	if err == nil {
		fmt.Fprintf(stdout, "%s: %s done\n", s.name, command)
	}
	return err
}

// describeService makes the service that runs with the flags of install. A
// configuration that cannot be used is refused now, not at the next boot.
func describeService(s *settings, args []string) (service, error) {
	path, err := filepath.Abs(s.config)
	if err != nil {
		return service{}, err
	}
	if _, err := load(path); err != nil {
		return service{}, err
	}
	exe, err := os.Executable()
	if err != nil {
		return service{}, err
	}
	run := []string{"run", "-config", path}
	if s.log.dir != "" {
		if s.log.dir, err = filepath.Abs(s.log.dir); err != nil {
			return service{}, err
		}
		run = append(run, "-log-dir", s.log.dir)
	}
	for i := 0; i < len(args); i++ { // what parse has taken, but for the flags above
		name, _, joined := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
		own := name == "name" || name == "print" || name == "config" || name == "log-dir"
		alone := joined || name == "print" || name == "receipt-guard" || name == "ff-after-ack"
		if !own {
			run = append(run, args[i])
		}
		if !alone && i+1 < len(args) {
			i++
			if !own {
				run = append(run, args[i])
			}
		}
	}
	return service{
		name: s.name, display: displayed + s.name + ")",
		description: "Shares fiscal registers among several programs over TCP.",
		exe:         exe, config: path, logs: s.log.dir, args: run,
	}, nil
}
