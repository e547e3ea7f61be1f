using Signalbox.Delivery;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Runtimes;

/// <summary>All that a host can be asked, beside the tables that the engine puts.</summary>
public interface IHostConnection : IHostClient
{
    /// <summary>Observations after a cursor; ends when the host closes the stream.</summary>
    IAsyncEnumerable<Observation> ObserveAsync(long cursor, CancellationToken cancel);

    Task<bool> UploadArtifactAsync(Digest digest, Stream tar, CancellationToken cancel);

    /// <summary>The newest lines that the instances of a track printed, oldest first.</summary>
    IAsyncEnumerable<InstanceLogLine> LogsAsync(TrackKey track, string? service, string? revision, int lines, CancellationToken cancel);

    Task<RunResult> RunAsync(RunRequest request, CancellationToken cancel);
}
