using Signalbox.Diagnostics;

namespace Signalbox.Cli.Control;

/// <summary>
/// The token for a control plane elsewhere: a file's, a variable's, or one that a CI job's own is exchanged for. A job's token is taken once, so
/// that a process exchanges once and keeps what it got; a longer rollout asks anew where the platform gives another.
/// </summary>
internal sealed class RemoteToken(ControlPlaneUrl url, JobCredentials given, TimeProvider time) : IDisposable
{
    /// <summary>Before its end, so that a request under way is still let in.</summary>
    private static readonly TimeSpan s_early = TimeSpan.FromSeconds(60);

    private const int Longest = 8192;

    private readonly SemaphoreSlim _one = new(1);
    private string? _token;
    private DateTimeOffset? _ends;

    /// <exception cref="SignalboxException">There is none to be had; exit code 3.</exception>
    public async Task<string> GetAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_token is null || (_ends - s_early <= time.GetUtcNow() && given.CanAsk)) await FindAsync(cancel).ConfigureAwait(false);
            return _token!;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Exchanges the job's own token, whatever else there is.</summary>
    public Task<Api.TokenCreated> ExchangeAsync(CancellationToken cancel) => new TokenExchange(url, given).RunAsync(cancel);

    private async Task FindAsync(CancellationToken cancel)
    {
        if (given.File is { } file) _token = Checked(Read(file), file);
        else if (given.Token is { } token) _token = Checked(token, JobCredentials.TokenVariable);
        else
        {
            var created = await ExchangeAsync(cancel).ConfigureAwait(false);
            (_token, _ends) = (Checked(created.Token, url.Shown), created.View.ExpiresAt);
        }
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("token-file", $"{JobCredentials.FileVariable} cannot be read: {e.Message.TrimEnd('.')}", new(file), $"ls -l {file}"));
        }
    }

    /// <summary>What is no token would be sent as a header all the same; it is never shown.</summary>
    internal static string Checked(string token, string from) => token.Length is > 0 and <= Longest && token.All(c => c is > ' ' and < (char)0x7f)
        ? token
        : throw new SignalboxException(ExitCode.Undecided, Finding.Error("token-malformed", $"what {from} holds is no token; expected one line that begins with sbx_", new(from), "signalbox token create ci --scope deployer   # on the machine of the control plane"));

    public void Dispose() => _one.Dispose();
}
