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

    /// <summary>Between two attempts at a new one while the old one holds.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);

    private const int Longest = 8192;

    private const string Prefix = "sbx_";

    private readonly SemaphoreSlim _one = new(1);
    private string? _token;
    private DateTimeOffset? _ends;
    private DateTimeOffset _again;

    /// <exception cref="SignalboxException">There is none to be had; exit code 3.</exception>
    public async Task<string> GetAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_token is null) await FindAsync(cancel).ConfigureAwait(false);
            else if (given.CanAsk && _ends is { } ends && ends - s_early <= time.GetUtcNow()) await RenewAsync(ends, cancel).ConfigureAwait(false);
            return _token!;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Exchanges the job's own token, whatever else there is.</summary>
    public Task<Api.TokenCreated> ExchangeAsync(CancellationToken cancel) => new TokenExchange(url, given).RunAsync(cancel);

    /// <summary>A platform that gives none at the moment ends nothing while the old one holds.</summary>
    private async Task RenewAsync(DateTimeOffset ends, CancellationToken cancel)
    {
        if (time.GetUtcNow() < ends && time.GetUtcNow() < _again) return;
        try
        {
            await FindAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SignalboxException or HttpRequestException && time.GetUtcNow() < ends)
        {
            _again = time.GetUtcNow() + s_pause;
        }
    }

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
    internal static string Checked(string token, string from) => token switch
    {
        ['$', ..] => throw Malformed(from, "names a variable that is not set, in place of a token"),
        { Length: <= Longest } when token.StartsWith(Prefix, StringComparison.Ordinal) && token.All(c => c is > ' ' and < (char)0x7f) => token,
        _ => throw Malformed(from, "is no token"),
    };

    private static SignalboxException Malformed(string from, string what) => new(ExitCode.Undecided, Finding.Error(
        "token-malformed", $"what {from} holds {what}; expected one line that begins with {Prefix}", new(from), "signalbox token create ci --scope deployer   # on the machine of the control plane"));

    public void Dispose() => _one.Dispose();
}
