namespace Signalbox.Cli.Control;

/// <summary>
/// The control plane elsewhere that a verb asks, and what it is let in there by: one for the whole run of the verb, because a job's own is taken
/// once. What the environment names is looked at when somebody is first asked: some verbs ask nobody.
/// </summary>
internal sealed class RemoteChoice : IDisposable
{
    private readonly Lazy<(ControlPlaneUrl Url, RemoteToken Token)?> _choice;

    /// <exception cref="Diagnostics.SignalboxException">The option is no address of one; exit code 2.</exception>
    public RemoteChoice(string? option, string? state)
    {
        IsNamed = option is not null || ControlPlaneUrl.Set is not null;
        // now, so that what the verb starts finds none, also where the control plane is this machine's
        var given = JobCredentials.Take();
        _choice = new(() => ControlPlaneUrl.Choose(option, state) is { } url ? (url, new RemoteToken(url, given, TimeProvider.System)) : null);
        if (option is not null) _ = _choice.Value;
    }

    /// <summary>Whether anything names one, well or not.</summary>
    public bool IsNamed { get; }

    /// <exception cref="Diagnostics.SignalboxException">It is no address of one, or a state directory is named, too; exit code 2.</exception>
    public ControlPlaneUrl? Url => _choice.Value?.Url;

    public RemoteToken? Token => _choice.Value?.Token;

    public void Dispose()
    {
        if (_choice is { IsValueCreated: true, Value: { } choice }) choice.Token.Dispose();
    }
}
