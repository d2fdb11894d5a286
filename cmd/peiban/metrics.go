package main

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"peiban/internal/conductor"
	"peiban/internal/workspace"
)

// metrics are what /metrics shows. No label holds anything about a person.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec

	mu     sync.Mutex
	gauges map[workspace.Number][]prometheus.Collector // of workspaces
}

func newMetrics(spaces []*conductor.Conductor) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(), gauges: map[workspace.Number][]prometheus.Collector{},
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "peiban_http_request_seconds", Help: "Time to answer a request, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5},
		}, []string{"route", "method", "status"}),
	}
	m.registry.MustRegister(m.requests, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewBuildInfoCollector())
	for _, c := range spaces {
		m.add(c)
	}
	return m
}

// add shows the figures of a workspace.
func (m *metrics) add(c *conductor.Conductor) {
	w := c.Workspace()
	labels := prometheus.Labels{"workspace": string(w.ID)}
	m.mu.Lock()
	defer m.mu.Unlock()
	gauge := func(name, help string, f func() float64) {
		g := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, f)
		m.registry.MustRegister(g)
		m.gauges[w.Number] = append(m.gauges[w.Number], g)
	}
	gauge("peiban_people", "People of the workspace.", func() float64 { return float64(c.Directory().Len()) })
	gauge("peiban_commit_sequence", "Last commit seen.", func() float64 { return float64(c.Head()) })
	gauge("peiban_wake_lag_seconds", "How far behind the oldest due step is.", func() float64 { return c.Lag().Seconds() })
}

// drop shows them no more.
func (m *metrics) drop(c *conductor.Conductor) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, g := range m.gauges[c.Workspace().Number] {
		m.registry.Unregister(g)
	}
	delete(m.gauges, c.Workspace().Number)
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// observe hears of every request after it was answered.
func (m *metrics) observe(route, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Observe(took.Seconds())
}
