using Signalbox.Yaml;

namespace Signalbox.Audit;

/// <summary>Which fixes are wanted: the safe ones, or those that may change what a pipeline does, too.</summary>
public enum FixChoice { Safe, Unsafe }

/// <summary>
/// Applies fixes to text, round after round, until none is left: a fix that overlaps another waits for the next round, and
/// one whose finding is still there afterwards is taken back.
/// </summary>
internal static class FixRun
{
    // a container that states nothing is given a dozen things, one a round; more than that would mean that two fixes undo each other
    private const int MostRounds = 40;

    /// <summary>The files that changed, and how many fixes were applied.</summary>
    public static (IReadOnlyDictionary<string, SourceFile> Changed, int Applied) Apply(
        Func<IReadOnlyDictionary<string, SourceFile>, IReadOnlyList<AuditFinding>> audit, Func<string, SourceFile?> load, FixChoice choice)
    {
        var changed = new Dictionary<string, SourceFile>(StringComparer.Ordinal);
        var useless = new HashSet<(Words, int, int)>();
        var applied = 0;
        var found = audit(changed);
        for (var round = 0; round < MostRounds; round++)
        {
            var after = new Dictionary<string, SourceFile>(changed, StringComparer.Ordinal);
            var taken = Round([.. found.Where(f => f.Fix is { } fix && Wanted(fix.Safety, choice) && !useless.Contains(Place(f)))], after, load);
            if (taken.Count == 0) break;
            var left = audit(after);
            var idle = Idle(taken, found, left);
            useless.UnionWith(idle.Select(Place));
            if (idle.Count > 0) continue;
            (changed, found) = (after, left);
            applied += taken.Count;
        }
        return (changed, applied);
    }

    /// <summary>The findings that a round should have mended and that are still there. Where one moved to the place of another, there are fewer in all.</summary>
    private static List<AuditFinding> Idle(IReadOnlyList<AuditFinding> taken, IReadOnlyList<AuditFinding> before, IReadOnlyList<AuditFinding> after)
    {
        var still = after.Select(Place).ToHashSet();
        var (were, are, mended) = (before.CountBy(Said).ToDictionary(), after.CountBy(Said).ToDictionary(), taken.CountBy(Said).ToDictionary());
        return [.. taken.Where(f => still.Contains(Place(f)) && were[Said(f)] - are[Said(f)] < mended[Said(f)])];
    }

    private static Words Said(AuditFinding finding) => new(finding.Rule.Id, finding.Locations[0].Path, finding.Message);

    private static (Words, int, int) Place(AuditFinding finding) => (Said(finding), finding.Locations[0].Line, finding.Locations[0].Column);

    /// <summary>What a finding says of which file.</summary>
    private readonly record struct Words(string Rule, string Path, string Message);

    public static bool Wanted(FixSafety safety, FixChoice choice) => choice == FixChoice.Unsafe || safety == FixSafety.Safe;

    /// <summary>Applies what does not collide; where a file would no longer read, fix by fix, without those that break it.</summary>
    /// <returns>The findings whose fixes were applied.</returns>
    private static List<AuditFinding> Round(List<AuditFinding> findings, Dictionary<string, SourceFile> changed, Func<string, SourceFile?> load)
    {
        var taken = new List<AuditFinding>();
        foreach (var finding in findings)
            if (!taken.Any(t => Collide(t.Fix!, finding.Fix!))) taken.Add(finding);
        if (Applied(taken, changed, load) is not { } all)
        {
            taken = [.. taken.GroupBy(f => f.Fix!.Edits[0].Path, StringComparer.Ordinal).SelectMany(g => Together([.. g], changed, load))];
            all = Applied(taken, changed, load) ?? [];
        }
        foreach (var file in all) changed[file.Path] = file;
        return all.Count == 0 ? [] : taken;
    }

    /// <summary>The fixes of a file that it still reads with, one after another: two may add the same key at two places.</summary>
    private static List<AuditFinding> Together(List<AuditFinding> findings, Dictionary<string, SourceFile> changed, Func<string, SourceFile?> load)
    {
        if (Applied(findings, changed, load) is not null) return findings;
        var taken = new List<AuditFinding>();
        foreach (var finding in findings)
            if (Applied([.. taken, finding], changed, load) is not null) taken.Add(finding);
        return taken;
    }

    /// <returns>The files as they would be, or null where one would no longer read.</returns>
    private static List<SourceFile>? Applied(IReadOnlyList<AuditFinding> findings, Dictionary<string, SourceFile> changed, Func<string, SourceFile?> load)
    {
        var files = new List<SourceFile>();
        foreach (var group in findings.SelectMany(f => f.Fix!.Edits).GroupBy(e => e.Path, StringComparer.Ordinal))
        {
            if ((changed.GetValueOrDefault(group.Key) ?? load(group.Key)) is not { } before) continue;
            // two fixes may ask for the very same edit: one declaration serves both
            TextEdit[] edits = [.. group.Select(e => e.Edit).Distinct()];
            // the places of a text that YAML folds in its own way may be none that one fix can change together
            if (TextEdit.TryApply(before.Text.Content, edits) is not { } text) return null;
            var after = new SourceFile(group.Key, new(text), before.ByteOrderMark);
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
