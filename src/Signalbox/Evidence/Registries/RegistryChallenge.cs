namespace Signalbox.Evidence.Registries;

/// <summary>What a registry asks for before it answers (RFC 9110 section 11.6.1; distribution-spec, "Token Authentication").</summary>
/// <param name="Scheme">bearer or basic, lower case.</param>
internal sealed record RegistryChallenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    private const int MostParameters = 20;

    /// <summary>Bearer where it is offered, else Basic; null where neither is.</summary>
    public static RegistryChallenge? Of(IEnumerable<string> headers)
    {
        var challenges = headers.Select(Read).OfType<RegistryChallenge>().ToList();
        return challenges.Find(challenge => challenge.Scheme == "bearer") ?? challenges.Find(challenge => challenge.Scheme == "basic");
    }

    private static RegistryChallenge? Read(string header)
    {
        var space = header.IndexOf(' ', StringComparison.Ordinal);
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var rest = space < 0 ? "" : header[space..].TrimStart(); rest.Length > 0 && parameters.Count < MostParameters;)
        {
            var equals = rest.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) return null;
            var (value, after) = Value(rest[(equals + 1)..].TrimStart());
            if (value is null || !parameters.TryAdd(rest[..equals].Trim(), value)) return null;
            rest = after.TrimStart().TrimStart(',').TrimStart();
        }
        return new((space < 0 ? header : header[..space]).ToLowerInvariant(), parameters);
    }

    private static (string? Value, string Behind) Value(string text)
    {
        if (!text.StartsWith('"'))
        {
            var comma = text.IndexOf(',', StringComparison.Ordinal);
            return comma < 0 ? (text.Trim(), "") : (text[..comma].Trim(), text[comma..]);
        }
        var value = new System.Text.StringBuilder();
        for (var i = 1; i < text.Length; i++)
            if (text[i] == '"') return (value.ToString(), text[(i + 1)..]);
            else if (text[i] == '\\' && i + 1 < text.Length) value.Append(text[++i]);
            else value.Append(text[i]);
        return (null, "");
    }
}
