using System.Globalization;

namespace Signalbox.Cli.Tests.Browser;

/// <summary>A long rollout without the hours: the page's event source is given a past before the first real observation, then goes on as it is.</summary>
internal static class PagePast
{
    /// <summary>To run before the page: each point is the first real observation, moved back by a tenth of a second and with fewer requests.</summary>
    public static string Script(int points) => string.Create(CultureInfo.InvariantCulture, $$"""
        window.pastPoints = 0;
        window.observations = 0;
        window.EventSource = class extends EventSource {
          addEventListener(type, listener) {
            if (type !== 'observation') return super.addEventListener(type, listener);
            super.addEventListener(type, (event) => {
              window.observations++;
              if (window.pastPoints === 0 && JSON.parse(event.data).track.track === 'shop/production') past(event.data, listener);
              listener(event);
            });
          }
        };
        function past(data, listener) {
          const now = Date.parse(JSON.parse(data).at);
          for (let i = {{points}}; i > 0; i--) {
            const point = JSON.parse(data);
            point.at = new Date(now - 100 * i).toISOString();
            for (const service of point.track.services) for (const arm of service.arms) {
              arm.requests = Math.max(0, arm.requests + 10 * ({{points}} - i)); arm.bad += i % 7 ? 0 : 1;
              arm.latency = { p50: '00:00:00.00' + (1 + i % 9), p99: '00:00:00.0' + (10 + i % 80) };
            }
            listener(new MessageEvent('observation', { data: JSON.stringify(point) }));
            window.pastPoints++;
          }
        }
        """);

    /// <summary>Frames of six seconds, in milliseconds: their p95; and how many observations came meanwhile.</summary>
    public const string MeasureFrames = """
        new Promise((done) => {
          const frames = [], before = window.observations, began = performance.now();
          let last = began;
          requestAnimationFrame(function frame(now) {
            frames.push(now - last);
            last = now;
            if (now - began < 6000) return requestAnimationFrame(frame);
            const sorted = frames.slice(2).sort((a, b) => a - b);
            done({ p95: sorted[Math.floor(0.95 * sorted.length)], points: window.pastPoints, rate: (window.observations - before) / ((now - began) / 1000) });
          });
        })
        """;
}
