namespace Signalbox.Cli.Control;

/// <summary>What the environment holds to get in by at a control plane elsewhere.</summary>
/// <param name="File">A file that holds a token.</param>
/// <param name="Token">The token itself: how a CI system hands out secrets.</param>
/// <param name="IdToken">The job's own OpenID Connect token, which is taken once.</param>
/// <param name="RequestUrl">Where a job on GitHub asks for one.</param>
/// <param name="RequestToken">What it asks with.</param>
/// <param name="Audience">Whom it is for; null for the control plane's address.</param>
internal sealed record JobCredentials(string? File, string? Token, string? IdToken, string? RequestUrl, string? RequestToken, string? Audience)
{
    public const string FileVariable = "SIGNALBOX_TOKEN_FILE", TokenVariable = "SIGNALBOX_TOKEN", IdTokenVariable = "SIGNALBOX_ID_TOKEN", AudienceVariable = "SIGNALBOX_AUDIENCE";

    private const string RequestUrlVariable = "ACTIONS_ID_TOKEN_REQUEST_URL", RequestTokenVariable = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

    /// <summary>Whether a job's token can be had as often as one is needed.</summary>
    public bool CanAsk => IdToken is null && RequestUrl is not null && RequestToken is not null;

    /// <summary>Reads them, and takes the secret ones out of this process's environment: what it starts (git, a build) finds none.</summary>
    public static JobCredentials Take() => new(
        Value(FileVariable), Taken(TokenVariable), Taken(IdTokenVariable), Taken(RequestUrlVariable), Taken(RequestTokenVariable), Value(AudienceVariable));

    /// <summary>Takes them out of what a process of our own is started with: it works on a state directory, and outlives a job.</summary>
    public static void Remove(IDictionary<string, string?> environment)
    {
        foreach (var name in (string[])[ControlPlaneUrl.Variable, TokenVariable, IdTokenVariable, RequestUrlVariable, RequestTokenVariable]) environment.Remove(name);
    }

    private static string? Value(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value.Trim() : null;

    private static string? Taken(string name)
    {
        var value = Value(name);
        if (value is not null) Environment.SetEnvironmentVariable(name, null);
        return value;
    }
}
