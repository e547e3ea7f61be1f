using System.Text.Json;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Rollouts;

namespace Signalbox.Server.Tests.Metrics;

/// <summary>A control plane that has something to show in every metric.</summary>
internal static class Exposed
{
    public static readonly Strategy Canary = new(
        StrategyKind.Canary, [new(Weight.Percent(10), TimeSpan.FromSeconds(10))],
        new(true, 0.001, 1.25, 2.5, 0.05, 0.01, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), OnUndecided.Hold, TimeSpan.Zero, true),
        TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(10));

    public static async Task PrepareAsync(TestServer test)
    {
        test.Plane.Status = MetricsTests.Status(("shop-1", "stable", 1000, 2), ("shop-2", "canary", 100, 1));
        var now = test.Time.GetUtcNow();
        foreach (var (id, outcome, back) in new[] { ("run-1", "succeeded", false), ("run-2", "rolledBack", false), ("run-3", "succeeded", true) })
        {
            var body = JsonSerializer.Serialize(new ReportDeployment(id, "ci", "shop", "production", id, now.AddMinutes(-5), now.AddMinutes(-9), outcome, back, Changes: [new("0f1e2d3c4b5a", now.AddHours(-1))]), ApiJson.Default.ReportDeployment);
            (await test.SendAsync("POST", "/api/v1/deployments", body)).EnsureSuccessStatusCode();
        }
        (await test.SendAsync("PUT", "/api/v1/notifications", "apiVersion: signalbox-notify/v1\nsinks: [{ name: events, kind: cloudEvents, url: \"http://127.0.0.1:9/\", on: [waiting] }]", with: request => request.Content!.Headers.ContentType = new("application/yaml"))).EnsureSuccessStatusCode();
        await Until.TrueAsync(() => test.SendAsync("GET", "/metrics").Result.Content.ReadAsStringAsync().Result.Contains("signalbox_notifications_pending", StringComparison.Ordinal));
        foreach (var entry in await test.Plane.RecordAsync([Decision(now), .. Rollout(now)], CancellationToken.None)) test.Server.Dora.Apply(entry);
    }

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() } };

    public static NewEntry Decision(DateTimeOffset now, string environment = "production", GateVerdict verdict = GateVerdict.Allow, params IReadOnlyList<Digest> evidence)
    {
        var digest = Digest.Of([1]);
        var result = new GateResult(GateTable.Sbom, "policy", GateMode.Warn, GateVerdict.Allow, [], null, null);
        var decided = new GateDecided("shop-2", environment, verdict, now, digest, digest, [], evidence, digest, digest, [result]);
        return new($"shop/{environment}", GateEvents.DecidedType, new("ci:trial"), JsonSerializer.SerializeToUtf8Bytes(decided, s_json));
    }

    private static IEnumerable<NewEntry> Rollout(DateTimeOffset now)
    {
        var track = new TrackKey("shop", "production");
        yield return RolloutEvents.ToEntry(track, new RolloutEvent.Started(new("ci:trial"), now, "shop-production-1", new("shop-2", new("production", "local", Canary, []), new Dictionary<string, Digest>()), RolloutKind.Deploy, null, null));
        yield return RolloutEvents.ToEntry(track, new RolloutEvent.Ended(Principal.Engine, now, Phase.Succeeded, null));
    }
}
