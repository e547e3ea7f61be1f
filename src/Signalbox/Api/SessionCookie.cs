using System.Globalization;

namespace Signalbox.Api;

/// <summary>
/// The page's session. Cookies do not tell ports apart (RFC 6265, 8.5), so a browser sends it to every workload under the
/// control plane's host name, too: the host's proxy takes it out there.
/// </summary>
public static class SessionCookie
{
    public const string Name = "signalbox_session";

    /// <summary>Each installation of a machine has one of its own, or signing in to one would sign out of the other.</summary>
    /// <param name="port">That the control plane listens on.</param>
    public static string At(int port) => string.Create(CultureInfo.InvariantCulture, $"{Name}_{port}");

    /// <summary>A Cookie header without the session; all other pairs stay as they were written.</summary>
    /// <returns><paramref name="header"/> itself where the session is not in it; empty where nothing else was.</returns>
    public static string Without(string header)
    {
        if (!header.Contains(Name, StringComparison.Ordinal)) return header;
        var kept = header.Split(';').Where(pair => !IsSession(pair)).ToArray();
        // the first pair has no space before it
        if (kept.Length > 0 && IsSession(header.AsSpan(0, FirstEnd(header)))) kept[0] = kept[0].TrimStart(' ');
        return string.Join(';', kept);
    }

    /// <summary>Whether a Set-Cookie header makes, shadows or deletes the session: that is the control plane's alone.</summary>
    /// <remarks>A cookie without a name (<c>=signalbox_session=x</c>) is sent back as if it had one.</remarks>
    public static bool IsSetBy(string setCookie) => IsSession(setCookie.AsSpan(0, FirstEnd(setCookie)).TrimStart(" \t="));

    private static int FirstEnd(string header) => header.IndexOf(';') is >= 0 and var end ? end : header.Length;

    private static bool IsSession(ReadOnlySpan<char> pair)
    {
        var equals = pair.IndexOf('=');
        var name = (equals < 0 ? pair : pair[..equals]).Trim();
        if (!name.StartsWith(Name, StringComparison.Ordinal)) return false;
        var port = name[Name.Length..];
        return port.IsEmpty || (port[0] == '_' && !port[1..].ContainsAnyExceptInRange('0', '9'));
    }
}
