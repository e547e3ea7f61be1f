using Signalbox.Delivery.Detection;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.GitLab.Portable;

/// <summary>Conditions as a POSIX shell has them, with GitLab's variables.</summary>
internal static class ShellCondition
{
    /// <summary>A test; null where a shell cannot know it.</summary>
    public static string? Write(PortableCondition condition) => condition switch
    {
        AllOf all => Joined(all.Parts, " && "),
        AnyOf any => Joined(any.Parts, " || "),
        Not not => Write(not.Part) is { } inner ? $"! {inner}" : null,
        RefIs { Pattern: null } r => $"[ -n \"${{{Ref(r)}:-}}\" ]",
        RefIs { IsPrefix: true } r => $"{{ [ -n \"${{{Ref(r)}:-}}\" ] && [ \"${{{Ref(r)}#{Words.Quote(r.Text)}}}\" != \"${Ref(r)}\" ]; }}",
        RefIs { IsSimple: true } r => Equal(Ref(r), r.Pattern!),
        IsDefaultBranch => "[ \"${CI_COMMIT_BRANCH:-}\" = \"$CI_DEFAULT_BRANCH\" ]",
        TargetIs { IsName: true } t => Equal("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", t.Branch),
        EventIs { Event: PortableEvent.Called } => "[ \"${CI_PIPELINE_SOURCE#parent_}\" = pipeline ]",
        EventIs e => Equal("CI_PIPELINE_SOURCE", e.Event switch { PortableEvent.PullRequest => "merge_request_event", PortableEvent.Schedule => "schedule", PortableEvent.Manual => "web", _ => "push" }),
        ValueIs v when GitLabReferences.Name(v.Reference) is { } name => Equal(name, v.Value),
        _ => null,
    };

    private static string? Joined(IReadOnlyList<PortableCondition> parts, string sign)
    {
        var said = parts.Select(Write).ToList();
        return said.Contains(null) ? null : $"{{ {string.Join(sign, said)}; }}";
    }

    private static string Equal(string variable, string value) => $"[ \"${{{variable}:-}}\" = {Words.Quote(value)} ]";

    private static string Ref(RefIs r) => r.Tag ? "CI_COMMIT_TAG" : "CI_COMMIT_BRANCH";
}
