using Signalbox.Delivery;
using Signalbox.Delivery.Artifacts;
using Signalbox.Runtimes;
using Signalbox.Runtimes.Local;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Bench.Machine;

/// <summary>A real <c>signalbox host</c>, driven over its socket as the control plane drives it.</summary>
internal sealed class HostUnderTest : IAsyncDisposable
{
    private readonly Daemon? _process;
    private readonly string _state;
    private long _epoch = 1;

    private HostUnderTest(Daemon? process, string state)
    {
        (_process, _state, Client) = (process, state, new(state));
        if (process is not null) Interruption.OnInterrupt(() => DisposeAsync().AsTask().Wait());
    }

    public HostSocketClient Client { get; }

    /// <summary>The host of an installation, beside its control plane, which ends it.</summary>
    public static HostUnderTest Of(ProductUnderTest product) => new(null, product.State);

    public Daemon Process => _process ?? throw new InvalidOperationException("the host belongs to an installation");

    public static async Task<HostUnderTest> StartAsync(Workspace workspace)
    {
        var state = workspace.PathOf("state");
        var process = new Daemon(workspace.PathOf("host.log"), Workspace.Signalbox, null, "host", "--state", state);
        var host = new HostUnderTest(process, state);
        try
        {
            await Until.TrueAsync(host.AnswersAsync, $"{Workspace.Signalbox} host answers on {state}");
            return host;
        }
        catch
        {
            Console.Error.WriteLine(File.ReadAllText(workspace.PathOf("host.log")));
            process.Dispose();
            throw;
        }
    }

    public async Task<Digest> UploadAsync(string directory)
    {
        using var tar = new MemoryStream();
        var packed = ArtifactPacker.Pack(directory, tar);
        tar.Position = 0;
        await Client.UploadArtifactAsync(packed.Digest, tar, CancellationToken.None);
        return packed.Digest;
    }

    /// <summary>Puts a table in the epoch that the host obeys now: each start of a control plane raises it.</summary>
    /// <exception cref="InvalidOperationException">The host refuses it.</exception>
    public async Task<PutResult> PutAsync(DeclaredTable table)
    {
        PutResult result;
        while ((result = await Client.PutAsync(table with { Epoch = _epoch }, CancellationToken.None)).Refusal == PutResult.StaleEpoch)
            _epoch = (await Client.ReadStateAsync(CancellationToken.None)).Epoch;
        return result.Accepted ? result : throw new InvalidOperationException($"the host refuses {table.Track}: {result.Refusal}: {result.Message}");
    }

    /// <summary>Until every instance of a revision may take traffic.</summary>
    public Task ReadyAsync(string track, string revision) => Until.TrueAsync(async () =>
    {
        var state = await Client.ReadStateAsync(CancellationToken.None);
        var arms = state.Tracks.Where(t => t.Track == track).SelectMany(t => t.Services).SelectMany(s => s.Arms).Where(a => a.Revision == revision).ToList();
        if (arms.FirstOrDefault(a => a.Failure is not null)?.Failure is { } failure)
            throw new InvalidOperationException($"{revision} does not start: {failure.Message}\n{string.Join('\n', failure.LogTail)}");
        return arms.Count > 0 && arms.All(a => a.Ready >= a.Desired);
    }, $"{revision} of {track} is ready", everyMs: 15);

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
        {
            Client.Dispose();
            return;
        }
        await Commands.RunAsync(Workspace.Signalbox, ["down", "--state", _state]);
        Client.Dispose();
        _process.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await Client.ReadStateAsync(CancellationToken.None);
            return true;
        }
        catch (HostUnreachableException)
        {
            return false;
        }
    }
}
