namespace Signalbox.Evidence.Sboms;

/// <summary>Reads hashes as lockfiles write them. What is none, or of an algorithm that CycloneDX does not know, is nothing.</summary>
internal static class LockHashes
{
    private static readonly Dictionary<string, (string Name, int Bytes)> s_algorithms = new(StringComparer.OrdinalIgnoreCase)
    {
        ["md5"] = ("MD5", 16),
        ["sha1"] = ("SHA-1", 20),
        ["sha256"] = ("SHA-256", 32),
        ["sha384"] = ("SHA-384", 48),
        ["sha512"] = ("SHA-512", 64),
    };

    /// <summary>Subresource Integrity: <c>sha512-BASE64</c>, several with spaces between (w3.org/TR/SRI).</summary>
    public static IEnumerable<ComponentHash?> Integrity(string? text) =>
        (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(10).Select(part => part.Split('-', 2) is [var algorithm, var base64] ? Base64(algorithm, base64.Split('?')[0]) : null);

    /// <param name="text"><c>sha256:HEX</c> or <c>sha256=HEX</c>.</param>
    public static ComponentHash? Named(string? text) => text?.Split([':', '='], 2) is [var algorithm, var hex] ? Hex(algorithm.Trim(), hex.Trim()) : null;

    public static ComponentHash? Hex(string algorithm, string? hex) =>
        s_algorithms.TryGetValue(algorithm, out var known) && hex?.Length == 2 * known.Bytes && hex.All(char.IsAsciiHexDigit) ? new(known.Name, hex.ToLowerInvariant()) : null;

    public static ComponentHash? Base64(string algorithm, string? base64)
    {
        if (base64 is null || !s_algorithms.TryGetValue(algorithm, out var known) || base64.Length > 200) return null;
        var bytes = new byte[200];
        return Convert.TryFromBase64String(base64, bytes, out var length) && length == known.Bytes ? new(known.Name, Convert.ToHexStringLower(bytes.AsSpan(0, length))) : null;
    }
}
