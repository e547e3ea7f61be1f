using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Diagnostics;
using Signalbox.Gates;
using Signalbox.Runtimes;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Server.Tests;

public sealed class HostGatesTests : IDisposable
{
    private static readonly Digest s_artifact = Digest.Of("artifact"u8);

    private readonly string _outputs = Directory.CreateTempSubdirectory("sbx-gates").FullName;

    public void Dispose() => Directory.Delete(_outputs, recursive: true);

    /// <summary>A host that answers with an error has decided nothing: the gate is undecided and says why.</summary>
    [Fact]
    public async Task Run_WhereTheHostAnswersWithAnError_IsUndecided()
    {
        var gates = new HostGates(new RefusingHost(), new(_outputs, TimeProvider.System));
        var result = await gates.RunAsync(Question(), "production", new("smoke", GateMode.Enforce, ["true"], TimeSpan.FromSeconds(1)), default);
        Assert.Null(result.ExitCode);
        Assert.Contains("the artifact is not on this host", result.Detail, StringComparison.Ordinal);
    }

    private static GateQuestion Question()
    {
        var service = new ServiceConfiguration(
            "web", ServiceKind.Web, ".", ["app"], new Dictionary<string, string>(),
            new("/", false, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 3, TimeSpan.FromSeconds(1)),
            null, 1, DataMode.Shared, null, new(), TimeSpan.Zero, TimeSpan.Zero);
        var analysis = new AnalysisOptions(false, 0.001, 1.25, 2.5, 0.05, 0.01, TimeSpan.Zero, TimeSpan.Zero, OnUndecided.Hold, TimeSpan.Zero, false);
        var environment = new EnvironmentConfiguration("production", "local", new(StrategyKind.Canary, [], analysis, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero), [service]);
        var release = new Release("shop-1", "shop", null, new Dictionary<string, Digest> { ["web"] = s_artifact }, [environment], DateTimeOffset.UnixEpoch);
        return new(new("shop", "production"), release, environment, new("alice"), null, DateTimeOffset.UnixEpoch);
    }

    private sealed class RefusingHost : IHostConnection
    {
        public Task<RunResult> RunAsync(RunRequest request, CancellationToken cancel) =>
            throw new SignalboxException(3, Finding.Error("artifact-missing", "the artifact is not on this host", new Location("host.sock")));

        public Task<HostState> ReadStateAsync(CancellationToken cancel) => throw new NotSupportedException();

        public Task<PutResult> PutAsync(DeclaredTable table, CancellationToken cancel) => throw new NotSupportedException();

        public Task<bool> HasArtifactAsync(Digest digest, CancellationToken cancel) => throw new NotSupportedException();

        public Task<bool> RenewLeaseAsync(LeaseRenewal renewal, CancellationToken cancel) => throw new NotSupportedException();

        public Task<TrackObservation> FallAsync(TrackKey track, FallRequest request, CancellationToken cancel) => throw new NotSupportedException();

        public IAsyncEnumerable<Observation> ObserveAsync(long cursor, CancellationToken cancel) => throw new NotSupportedException();

        public Task<bool> UploadArtifactAsync(Digest digest, Stream tar, CancellationToken cancel) => throw new NotSupportedException();

        public IAsyncEnumerable<InstanceLogLine> LogsAsync(TrackKey track, string? service, string? revision, int lines, CancellationToken cancel) => throw new NotSupportedException();
    }
}
