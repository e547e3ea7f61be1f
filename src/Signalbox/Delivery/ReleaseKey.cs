using System.Globalization;
using System.Text;

namespace Signalbox.Delivery;

/// <summary>
/// Under which a principal makes a release of an application once, however often it is asked for: a pipeline's run, most often. It goes into the ledger
/// and onto terminals.
/// </summary>
public static class ReleaseKey
{
    public const int Longest = 200;

    public static string Expected { get; } = string.Create(CultureInfo.InvariantCulture, $"1 to {Longest} characters that can be seen, such as the id of the pipeline's run");

    public static bool IsKey(string? text) => text is { Length: > 0 and <= Longest } && !string.IsNullOrWhiteSpace(text) && text.EnumerateRunes().All(IsSeen);

    /// <summary>What could not be read in an environment or in UTF-8 came as the replacement character: two keys may have become one.</summary>
    private static bool IsSeen(Rune rune) => rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
