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

    /// <summary>Applies what does not collide; where a file would no longer read, fix by fix, without the one that breaks it.</summary>
    private static int Round(List<Fix> fixes, Dictionary<string, SourceFile> changed, Func<string, SourceFile?> load)
    {
        var taken = new List<Fix>();
        foreach (var fix in fixes)
            if (!taken.Any(t => Collide(t, fix))) taken.Add(fix);
        if (Applied(taken, changed, load) is not { } all)
        {
            taken = [.. taken.Where(f => Applied([f], changed, load) is not null)];
            all = Applied(taken, changed, load) ?? [];
        }
        foreach (var file in all) changed[file.Path] = file;
        return all.Count == 0 ? 0 : taken.Count;
    }

    /// <returns>The files as they would be, or null where one would no longer read.</returns>
    private static List<SourceFile>? Applied(IReadOnlyList<Fix> fixes, Dictionary<string, SourceFile> changed, Func<string, SourceFile?> load)
    {
        var files = new List<SourceFile>();
        foreach (var group in fixes.SelectMany(f => f.Edits).GroupBy(e => e.Path, StringComparer.Ordinal))
        {
            if ((changed.GetValueOrDefault(group.Key) ?? load(group.Key)) is not { } before) continue;
            // two fixes may ask for the very same edit: one declaration serves both
            var after = new SourceFile(group.Key, new(TextEdit.Apply(before.Text.Content, group.Select(e => e.Edit).Distinct())), before.ByteOrderMark);
            if (!StillReads(before, after)) return null;
            if (after.Text.Content != before.Text.Content) files.Add(after);
        }
        return files;
    }

    private static bool Collide(Fix one, Fix other) => one.Edits.Any(a => other.Edits.Any(b => a.Path == b.Path && Collides(a.Edit, b.Edit)));

    private static bool Collides(TextEdit one, TextEdit other) =>
        one.Range.Overlaps(other.Range) || (one.Range.Start <= other.Range.End && other.Range.Start <= one.Range.End);

    private static bool StillReads(SourceFile before, SourceFile after) =>
        !Readers.YamlFile.HasYamlName(after.Path) || before.Yaml.Problems.Count > 0 || after.Yaml.Problems.Count == 0;
}
