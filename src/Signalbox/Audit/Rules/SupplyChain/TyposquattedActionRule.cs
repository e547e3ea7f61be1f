using Signalbox.Audit.GitHub.Data;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class TyposquattedActionRule : UsedActionCheck
{
    public override RuleInfo Info { get; } = new(
        "typosquatted-action", "Action name looks like a misspelling", Theme.SupplyChain, RuleSeverity.High, ["github-actions"],
        "A near-miss name may be an impostor", "Write the name of the action you mean")
    {
        Confidence = Confidence.Medium,
        Details = "One letter left out, doubled, exchanged with its neighbour on the keyboard or with one that looks alike, or two words of the name swapped, compared with the actions that "
            + "most workflows use. A name under the same owner is not meant: nobody else can register it.",
    };

    private static readonly (string Name, string Lower)[] s_popular = [.. PopularActions.Names.Select(n => (n, n.ToLowerInvariant()))];

    private const string Keyboard = "1234567890-qwertyuiop  asdfghjkl   zxcvbnm    ";

    protected override void Check(UsedCode uses, Report report)
    {
        if (uses is { IsLocal: true } or { IsImage: true } || !uses.Name.Contains('/')) return;
        var name = uses.Repository.ToLowerInvariant();
        foreach (var (popular, known) in s_popular)
        {
            if (known == name) return;
            if (Math.Abs(known.Length - name.Length) <= 1 && !Owner(known).SequenceEqual(Owner(name)) && IsNear(name, known))
            {
                report.At(uses.Range, $"'{YamlQuote.Short(uses.Repository)}' looks like '{popular}' under another owner");
                return;
            }
        }
    }

    private static ReadOnlySpan<char> Owner(string name) => name.AsSpan(0, name.IndexOf('/'));

    private static bool IsNear(string name, string known) => (name.Length - known.Length) switch
    {
        -1 => IsOneMore(known, name),
        1 => IsOneMore(name, known),
        0 => IsExchanged(name, known) || IsReordered(name, known),
        _ => false,
    };

    /// <summary>Whether one letter more makes the longer of the shorter.</summary>
    private static bool IsOneMore(string longer, string shorter)
    {
        var i = 0;
        while (i < shorter.Length && longer[i] == shorter[i]) i++;
        return longer.AsSpan(i + 1).SequenceEqual(shorter.AsSpan(i));
    }

    private static bool IsExchanged(string name, string known)
    {
        var differing = Enumerable.Range(0, name.Length).Where(i => name[i] != known[i]).Take(3).ToList();
        return differing switch
        {
            [var one] => AreNeighbours(name[one], known[one]) || LookAlike(name[one], known[one]),
            [var one, var two] => two == one + 1 && name[one] == known[two] && name[two] == known[one],
            _ => false,
        };
    }

    private static bool AreNeighbours(char one, char other)
    {
        var (a, b) = (Keyboard.IndexOf(one), Keyboard.IndexOf(other));
        return a >= 0 && b >= 0 && Math.Abs((a / 12) - (b / 12)) <= 1 && Math.Abs((a % 12) - (b % 12)) <= 1;
    }

    private static bool LookAlike(char one, char other) => (one, other) is ('0', 'o') or ('o', '0') or ('1', 'l') or ('l', '1') or ('1', 'i') or ('i', '1') or ('5', 's') or ('s', '5')
        or ('-', '_') or ('_', '-') or ('.', '-') or ('-', '.') or ('/', '-') or ('/', '_');

    private static bool IsReordered(string name, string known) => name != known && Words(name).Order(StringComparer.Ordinal).SequenceEqual(Words(known).Order(StringComparer.Ordinal));

    private static string[] Words(string name) => name.Split('-', '_', '/');
}
