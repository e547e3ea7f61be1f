using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;

namespace Signalbox.Gates.BuiltIn;

/// <summary>Whether an artifact was scanned at all, by every tool that is asked for, and by scans that are its own.</summary>
internal static class Scanned
{
    /// <returns>False, with a line, where it was not.</returns>
    public static bool IsComplete(GateContext context, GateRule rule, (Digest Digest, string Services) artifact, ScanFindings findings, string what, string example, GateLines lines)
    {
        if (findings.Scans.Count == 0)
        {
            // one that was lost, or not weighed, may have been it
            if (context.HasTooManyFindings || context.About(artifact.Digest, EvidenceKind.Scan).Any(item => item.Facts is null)) return false;
            lines.Deny($"gate-{rule.Gate}-missing", $"{context.Name(artifact)} has no {what} scan", context.Add(EvidenceKind.Scan, example));
            return false;
        }
        var complete = true;
        foreach (var tool in (rule.Settings.GetValueOrDefault("tools") ?? []).Where(tool => !findings.Scans.Any(scan => scan.Facts.IsBy(tool))))
        {
            lines.Deny($"gate-{rule.Gate}-missing", $"{context.Name(artifact)} has no {what} scan by {tool}, which the policy asks for", context.Add(EvidenceKind.Scan, $"{tool}.json"));
            complete = false;
        }
        foreach (var scan in findings.Scans) complete &= IsOfRelease(context, artifact, scan.Item, scan.Facts, lines) && Reuse.Allows(context, rule, scan.Item, lines);
        return complete;
    }

    /// <summary>A scan that names digests is of them: where none of them is this release's, it says nothing about it.</summary>
    private static bool IsOfRelease(GateContext context, (Digest Digest, string Services) artifact, EvidenceItem item, ScanFact facts, GateLines lines)
    {
        if (facts.Names.Count == 0 || facts.Names.Contains(artifact.Digest) || facts.Names.Contains(context.Release.Content)) return true;
        lines.Undecided("gate-evidence-other-subject", $"the {facts.Name} scan of {context.Name(artifact)} says that it is of {facts.Names[0]}; expected {artifact.Digest}", context.AddAnew(item, "made anew, of this release"), item);
        return false;
    }
}
