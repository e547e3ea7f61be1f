using System.Globalization;

namespace Signalbox.Audit.Kubernetes;

/// <summary>Amounts as the API writes them: <c>512Mi</c>, <c>500m</c>, <c>1e9</c>.</summary>
internal static class Quantity
{
    // k8s.io/apimachinery, resource.Quantity: decimal and binary suffixes
    private static readonly Dictionary<string, double> s_suffixes = new(StringComparer.Ordinal)
    {
        [""] = 1,
        ["n"] = 1e-9,
        ["u"] = 1e-6,
        ["m"] = 1e-3,
        ["k"] = 1e3,
        ["M"] = 1e6,
        ["G"] = 1e9,
        ["T"] = 1e12,
        ["P"] = 1e15,
        ["E"] = 1e18,
        ["Ki"] = 1L << 10,
        ["Mi"] = 1L << 20,
        ["Gi"] = 1L << 30,
        ["Ti"] = 1L << 40,
        ["Pi"] = 1L << 50,
        ["Ei"] = 1L << 60,
    };

    /// <returns>Cores of CPU or bytes of memory; null where the text is no amount.</returns>
    public static double? Parse(string? text)
    {
        if (text is null) return null;
        var end = text.Length;
        while (end > 0 && char.IsAsciiLetter(text[end - 1])) end--;
        return s_suffixes.TryGetValue(text[end..], out var factor)
            && double.TryParse(text.AsSpan(0, end), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            ? number * factor : null;
    }
}
