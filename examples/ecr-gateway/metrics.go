package main

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/gateway"
)

// metrics gives the gateways' figures to Prometheus (rule E31). It collects what a
// snapshot holds when it is asked, and hears the durations from an observer.
type metrics struct {
	registry           *prometheus.Registry
	devices            []*device
	ack, queued, whole *prometheus.HistogramVec
}

var _ prometheus.Collector = (*metrics)(nil)

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("ecr_gateway_"+name, help, append([]string{"device"}, labels...), nil)
}

var (
	descConnected = describe("device_connected", "Whether there is a connection to the register, or it is released until the next request.")
	descState     = describe("device_state", "1 for the state that the register's side is in.", "state")
	descConnects  = describe("connects_total", "Connections made to the register.")
	descClients   = describe("clients", "Clients that are connected.")
	descAccepted  = describe("clients_accepted_total", "Clients that ever connected.")
	descQueue     = describe("queue_length", "Requests that wait for their turn.")
	descExchanges = describe("exchanges_total", "Requests that came to an end, by what is known about the command.", "outcome")
	descFailures  = describe("failures_total", "Troubles, by kind.", "kind")
)

func newMetrics() *metrics {
	durations := func(name, help string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "ecr_gateway_" + name, Help: help,
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120},
		}, []string{"device"})
	}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		ack:      durations("ack_seconds", "From a request's last byte to the register's ACK or NAK."),
		queued:   durations("queue_seconds", "From a whole request to its turn or its refusal."),
		whole:    durations("exchange_seconds", "From a request's turn to its end."),
	}
	m.registry.MustRegister(m, m.ack, m.queued, m.whole, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewBuildInfoCollector())
	return m
}

func (m *metrics) add(d *device) { m.devices = append(m.devices, d) }

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry, EnableOpenMetrics: true})
}

// Describe lists the figures.
func (m *metrics) Describe(c chan<- *prometheus.Desc) {
	for _, d := range [...]*prometheus.Desc{descConnected, descState, descConnects, descClients, descAccepted, descQueue, descExchanges, descFailures} {
		c <- d
	}
}

// Collect reads the figures of each device at once; kinds that did not happen
// are there as 0, so that a first one is seen as a rise.
func (m *metrics) Collect(c chan<- prometheus.Metric) {
	for _, d := range m.devices {
		s := d.gateway.Snapshot()
		gauge := func(desc *prometheus.Desc, v float64, labels ...string) {
			c <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v, append([]string{s.Name}, labels...)...)
		}
		count := func(desc *prometheus.Desc, v uint64, labels ...string) {
			c <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(v), append([]string{s.Name}, labels...)...)
		}
		gauge(descConnected, oneIf(s.Connected))
		for state := gateway.Down; state <= gateway.Stopped; state++ {
			gauge(descState, oneIf(state == s.State), state.String())
		}
		count(descConnects, s.Connects)
		gauge(descClients, float64(len(s.Clients)))
		count(descAccepted, s.Accepted)
		gauge(descQueue, float64(s.Queue))
		for _, o := range [...]ecr.Outcome{ecr.NotSent, ecr.Rejected, ecr.Unknown, ecr.Answered} {
			count(descExchanges, s.Outcomes[o], o.String())
		}
		for _, f := range gateway.Failures() {
			count(descFailures, s.Failures[f], f.String())
		}
	}
}

func oneIf(v bool) float64 {
	if v {
		return 1
	}
	return 0
}

// observer hears the durations of one device.
func (m *metrics) observer(device string) gateway.Observer {
	return observer{m.ack.WithLabelValues(device), m.queued.WithLabelValues(device), m.whole.WithLabelValues(device)}
}

type observer struct{ ack, queued, whole prometheus.Observer }

var _ gateway.Observer = observer{}

func (o observer) DeviceState(gateway.State) {}
func (o observer) Failure(gateway.Failure)   {}

func (o observer) Exchange(e gateway.Exchange) {
	if e.ACK > 0 {
		o.ack.Observe(e.ACK.Seconds())
	}
	o.queued.Observe(e.Queued.Seconds())
	if e.Outcome != ecr.NotSent {
		o.whole.Observe(e.Took.Seconds())
	}
}
