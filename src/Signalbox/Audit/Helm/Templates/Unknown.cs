using System.Globalization;

namespace Signalbox.Audit.Helm.Templates;

/// <summary>A value that cannot be known from the chart: random, of the cluster, or of a template that is not here.</summary>
/// <param name="Id">Which one, within one rendering.</param>
internal sealed record Unknown(int Id)
{
    // of Unicode's private use: YAML allows it, and nobody writes it
    private const char Open = '\uE000';
    private const char Shut = '\uE001';

    /// <summary>What a function gives that cannot tell; the run numbers it.</summary>
    public static Unknown Some { get; } = new(-1);

    /// <summary>What stands for it in text.</summary>
    public string Mark => string.Create(CultureInfo.InvariantCulture, $"{Open}{Id}{Shut}");

    public static bool IsIn(string text) => text.Contains(Open);

    /// <summary>Whether nothing but unknown values and white space stands in a text.</summary>
    public static bool IsAll(ReadOnlySpan<char> text)
    {
        var seen = false;
        while (text.TrimStart() is { Length: > 0 } rest)
        {
            if (rest[0] != Open || rest.IndexOf(Shut) is not (> 0 and var end)) return false;
            seen = true;
            text = rest[(end + 1)..];
        }
        return seen;
    }
}
