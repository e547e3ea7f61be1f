using System.Net;
using Signalbox.Cli.Terminal;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Control;

/// <summary>Where a control plane elsewhere is. A token goes there, so that it is https, or http on this very machine.</summary>
/// <param name="Address">Ends with a slash: a proxy may have it below a path.</param>
internal sealed record ControlPlaneUrl(Uri Address)
{
    public const string Variable = "SIGNALBOX_URL";

    /// <summary>As people write it; it is also whom a CI job's token is for, unless another audience is told.</summary>
    public string Shown => Address.AbsoluteUri.TrimEnd('/');

    /// <summary>What the environment says; null for nothing.</summary>
    public static string? Set => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set ? set : null;

    /// <summary>For a verb that deploys on this machine whatever is set: one who has set it may think otherwise. It may hold a password: it is not shown.</summary>
    public static void WarnPassedOver(Session session, string verb)
    {
        if (Set is not null) session.Error.WriteLine(Screen.ErrorPaint.Warn($"warning: {verb} works on this machine alone and passes {Variable} over"));
    }

    /// <summary>One place alone may be named: of two, one would be passed over.</summary>
    /// <param name="option">What <c>--url</c> said.</param>
    /// <param name="state">What <c>--state</c> said.</param>
    /// <returns>Null where nothing names one: the state directory's own is meant.</returns>
    /// <exception cref="SignalboxException">It is no address of one, or a state directory is named, too; exit code 2.</exception>
    public static ControlPlaneUrl? Choose(string? option, string? state)
    {
        var variable = Set;
        if ((option ?? variable) is not { } text) return null;
        if (state is not null) throw TwoPlaces(option is null ? Variable : "--url", $"--state {state}");
        // what is typed is meant more than what is set for all
        if (option is null && Environment.GetEnvironmentVariable("SIGNALBOX_STATE") is { Length: > 0 } kept) throw TwoPlaces(Variable, $"SIGNALBOX_STATE={kept}");
        return Parse(text, option is null ? Variable : "--url");
    }

    /// <param name="from">Who says so, for messages.</param>
    /// <exception cref="SignalboxException">It is no address of one; exit code 2.</exception>
    public static ControlPlaneUrl Parse(string text, string from)
    {
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http") || address.Host.Length == 0)
            throw Wrong("url-malformed", from, "is no address of http or https", "https://signalbox.example.com");
        // it may be a password: it is not shown
        if (address.UserInfo.Length > 0)
            throw Wrong("url-credentials", from, $"has credentials in it, which would stand in logs; expected the address of {address.Host} alone, and the token in {JobCredentials.FileVariable} or {JobCredentials.TokenVariable}", $"{address.Scheme}://{address.Authority}{address.AbsolutePath.TrimEnd('/')}");
        if (address.Query.Length > 0 || address.Fragment.Length > 0)
            throw Wrong("url-malformed", from, "has a query or a fragment; expected scheme, host, port and at most a path", address.GetLeftPart(UriPartial.Path));
        if (address.Scheme == "http" && !IsThisMachine(address))
            throw Wrong("url-plain-http", from, $"is http://{address.Authority}, where everyone on the way could read the token; expected https, or http on this machine alone", $"https://{address.Authority}");
        return new(address.AbsolutePath.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/"));
    }

    /// <summary>By name or number; no other name, whatever it is resolved to.</summary>
    public static bool IsThisMachine(Uri address) =>
        address.IdnHost == "localhost" || (IPAddress.TryParse(address.IdnHost.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));

    private static SignalboxException Wrong(string id, string from, string what, string better) =>
        new(ExitCode.Usage, Finding.Error(id, $"{from} {what}", new("command line"), from == Variable ? $"export {Variable}={better}" : $"--url {better}"));

    private static SignalboxException TwoPlaces(string url, string state) => new(ExitCode.Usage, Finding.Error(
        "url-and-state", $"{url} names a control plane elsewhere and {state} one of this machine; expected one of them", new("command line"), url == Variable ? $"unset {Variable}" : "--url https://signalbox.example.com"));
}
