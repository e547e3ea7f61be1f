namespace Signalbox.Outbound;

/// <summary>What may be reached. Everything else is a public address over https.</summary>
public sealed record OutboundRules
{
    /// <summary>
    /// <c>host:port</c> of what a person or a configuration named: these may be on this machine or in a private network.
    /// What an answer names (a redirect, a token service) is never among them by that.
    /// </summary>
    public IReadOnlyCollection<string> Named { get; init; } = [];

    /// <summary>Lets those that are named be spoken with in clear; on this machine that needs no leave.</summary>
    public bool PlainHttp { get; init; }

    /// <summary>No proxy may stand before what is not named: behind one no address can be judged.</summary>
    public bool DirectOnly { get; init; }

    /// <summary>Rules that name the hosts of some addresses.</summary>
    public static OutboundRules Naming(params IEnumerable<Uri?> addresses) => new() { Named = [.. addresses.OfType<Uri>().Select(AuthorityOf)] };

    internal bool Names(string authority) => Named.Contains(authority, StringComparer.OrdinalIgnoreCase);

    internal static string AuthorityOf(Uri address) => AuthorityOf(address.IdnHost, address.Port);

    internal static string AuthorityOf(string host, int port) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{host.Trim('[', ']').ToLowerInvariant()}:{port}");
}

/// <summary>Where an answer may send a request on to.</summary>
public enum RedirectRule
{
    /// <summary>Nowhere: the answer is handed back as it is.</summary>
    None,

    /// <summary>To the same scheme, host and port.</summary>
    SameOrigin,

    /// <summary>Anywhere that may be reached, by https, without credentials: only for content that is held against its digest, and for what is the asked one's own word.</summary>
    WithoutCredentials,
}

/// <param name="MostBytes">Of the answer's body; more ends the request.</param>
/// <param name="Within">From the first packet to the last byte of the body.</param>
public sealed record OutboundRequest(HttpMethod Method, Uri Address, int MostBytes, TimeSpan Within)
{
    public byte[]? Content { get; init; }

    public string? ContentType { get; init; }

    public IReadOnlyList<string> Accept { get; init; } = [];

    /// <summary>Further headers; sent on to every hop, so none of them may be a secret where redirects are followed.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>A whole header value; sent to the address' own origin only.</summary>
    public string? Authorization { get; init; }

    public RedirectRule Redirects { get; init; }

    /// <summary>Only the status counts: an answer that is longer than may be is cut off there.</summary>
    public bool CutsAnswer { get; init; }

    public static OutboundRequest Get(Uri address, int mostBytes, TimeSpan within) => new(HttpMethod.Get, address, mostBytes, within);
}

/// <param name="Address">Whose answer it is, after redirects.</param>
/// <param name="ContentType">The media type alone, lower case; null where none was said.</param>
/// <param name="Headers">By lower-case name; several of one name in their order.</param>
public sealed record OutboundAnswer(int Status, byte[] Body, string? ContentType, Uri Address, IReadOnlyDictionary<string, IReadOnlyList<string>> Headers)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    public string? Header(string name) => Headers.TryGetValue(name, out var values) ? values[0] : null;
}

public enum OutboundFailure
{
    /// <summary>Nobody answered, or the connection broke.</summary>
    Unreachable,

    /// <summary>It may not be spoken with.</summary>
    Forbidden,

    /// <summary>It did not end in time.</summary>
    TooSlow,

    /// <summary>It sent more than is taken.</summary>
    TooLarge,
}

/// <summary>There is no answer; the message says whose, and why.</summary>
public sealed class OutboundException(OutboundFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public OutboundFailure Failure { get; } = failure;
}
