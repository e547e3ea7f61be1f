using Signalbox.Yaml;

namespace Signalbox.Audit;

/// <summary>Which fixes are wanted.</summary>
public enum FixChoice { Safe, Unsafe, All }

/// <summary>Applies fixes to text, round after round, until none is left: a fix that overlaps another waits for the next round.</summary>
internal static class FixRun
{
    // more rounds than that would mean that two fixes undo each other
    private const int MostRounds = 10;

    /// <summary>The files that changed, and how many fixes were applied.</summary>
    public static (IReadOnlyDictionary<string, SourceFile> Changed, int Applied) Apply(
        Func<IReadOnlyDictionary<string, SourceFile>, IReadOnlyList<AuditFinding>> audit, Func<string, SourceFile?> load, FixChoice choice)
    {
        var changed = new Dictionary<string, SourceFile>(StringComparer.Ordinal);
        var applied = 0;
        for (var round = 0; round < MostRounds; round++)
        {
            var fixes = audit(changed).Select(f => f.Fix).OfType<Fix>().Where(f => Wanted(f.Safety, choice)).ToList();
            var now = Round(fixes, changed, load);
            if (now == 0) break;
            applied += now;
        }
        return (changed, applied);
    }

    public static bool Wanted(FixSafety safety, FixChoice choice) => choice switch
    {
        FixChoice.All => true,
        FixChoice.Unsafe => true,
        _ => safety == FixSafety.Safe,
    };

    private static int Round(List<Fix> fixes, Dictionary<string, SourceFile> changed, Func<string, SourceFile?> load)
    {
        var taken = new Dictionary<string, List<TextEdit>>(StringComparer.Ordinal);
        var applied = 0;
        foreach (var fix in fixes)
        {
            if (fix.Edits.Any(e => taken.TryGetValue(e.Path, out var edits) && edits.Any(t => Collides(t, e.Edit)))) continue;
            foreach (var edit in fix.Edits)
            {
                if (!taken.TryGetValue(edit.Path, out var edits)) taken[edit.Path] = edits = [];
                edits.Add(edit.Edit);
            }
            applied++;
        }
        foreach (var (path, edits) in taken)
        {
            if ((changed.GetValueOrDefault(path) ?? load(path)) is not { } before) continue;
            var after = TextEdit.Apply(before.Text.Content, edits);
            // a fix never breaks a file: one that would is dropped, whatever it mends
            if (!StillReads(before, new(path, new(after), before.ByteOrderMark), out var file)) return 0;
            changed[path] = file;
        }
        return taken.Count == 0 ? 0 : applied;
    }

    private static bool Collides(TextEdit one, TextEdit other) =>
        one.Range.Overlaps(other.Range) || (one.Range.Start <= other.Range.End && other.Range.Start <= one.Range.End);

    private static bool StillReads(SourceFile before, SourceFile after, out SourceFile file)
    {
        file = after;
        return !Readers.YamlFile.HasYamlName(after.Path) || before.Yaml.Problems.Count > 0 || after.Yaml.Problems.Count == 0;
    }
}
