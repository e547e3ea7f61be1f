using Signalbox.Delivery.Policies;

namespace Signalbox.Gates.BuiltIn;

/// <summary>What comes from a commit can be delivered again by anyone, without asking its author.</summary>
internal static class SelfServiceGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        if (context.Release.Source is not { } source)
            lines.Deny("gate-source-unknown", "the release names no commit; expected an artifact out of a Git work tree", "git init && git add -A && git commit -m 'First' && signalbox deploy");
        else if (source.Dirty)
            lines.Deny("gate-source-dirty", $"the work tree differed from commit {source.Commit[..Math.Min(12, source.Commit.Length)]}, so nobody else can build this", "git commit -a && signalbox deploy");
        else lines.Allow($"it is built from commit {source.Commit[..Math.Min(12, source.Commit.Length)]}");
    }
}
