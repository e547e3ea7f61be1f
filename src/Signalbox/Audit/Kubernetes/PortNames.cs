using System.Globalization;

namespace Signalbox.Audit.Kubernetes;

/// <summary>What the API takes for a port: IANA service names (RFC 6335, 5.1) and numbers.</summary>
internal static class PortNames
{
    public static bool IsNumber(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65535;

    public static bool IsName(string text) => text.Length is >= 1 and <= 15 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && text.Any(char.IsAsciiLetterLower)
        && text[0] != '-' && text[^1] != '-' && !text.Contains("--", StringComparison.Ordinal);

    public static bool IsNameOrNumber(string text) => IsNumber(text) || IsName(text);
}
