using System.Text.RegularExpressions;

namespace Signalbox.Pipelines;

/// <summary>Jobs that deploy a proposed change beside the release, for as long as it is looked at.</summary>
internal static partial class Previews
{
    private static readonly string[] s_names = ["preview", "review", "pr-", "pr_"];

    private static readonly HashSet<string> s_tests = new(StringComparer.Ordinal) { "test", "tests", "testing", "e2e", "smoke", "preview", "previews", "ephemeral", "sandbox" };

    private static readonly HashSet<string> s_ends = new(StringComparer.Ordinal) { "e2e", "smoke", "preview", "integration" };

    // what is named by a request's number goes with it
    private static readonly string[] s_numbers = ["github.event.number", "github.event.pull_request.number", "CI_MERGE_REQUEST_IID", "CHANGE_ID", "System.PullRequest.PullRequest"];

    /// <summary>Whether the name of its environment or its own says so, or what it deploys is named by the request.</summary>
    public static bool Is(Job job) => s_names.Any(n => Has(job.Environment?.Name, n) || Has(job.Id, n) || Has(job.Name, n)) || (IsUnnamed(job) && Places(job).Any(IsNumbered));

    // where its deployments go, in their words
    private static IEnumerable<string?> Places(Job job) => job.Deploys.SelectMany(d => d.Command?.Words.Select(w => w.Text) ?? [])
        .Concat(job.Steps.Where(s => s.Activities.Any(a => a.Kind == ActivityKind.Deploy)).SelectMany(s => s.Inputs.Select(i => $"{i.Name}={i.Value}").Concat(s.Variables.Select(v => $"{v.Name}={v.Value}"))));

    // an environment with a name of its own stays
    private static bool IsUnnamed(Job job) => job.Environment?.Name is null or "" || IsNumbered(job.Environment.Name);

    /// <summary>Whether what it deploys is there to be tested and goes away: <c>deployment-tests</c>, <c>e2e-cluster</c>, an environment <c>test</c>.</summary>
    public static bool IsTest(Job job) => s_tests.Contains(Words(job.Environment?.Name)[^1]) || s_tests.Contains(Words(job.Id)[^1]) || s_ends.Contains(Words(job.Id)[0]);

    private static string[] Words(string? name) => (name ?? "").ToLowerInvariant().Split('-', '_', ' ', '/', ':', '.');

    private static bool Has(string? text, string word) => text?.Contains(word, StringComparison.OrdinalIgnoreCase) == true;

    // of an image's tag it says which build, not where it goes
    private static bool IsNumbered(string? text) => text is not null && !OfImage().IsMatch(text) && s_numbers.Any(n => text.Contains(n, StringComparison.Ordinal));

    // image.tag=…, --tag, IMAGE_TAG, imageTag; not staging
    [GeneratedRegex("((?<![A-Za-z])(image|tag|IMAGE|TAG)|Image|Tag)s?(?![a-z])", RegexOptions.CultureInvariant)]
    private static partial Regex OfImage();
}
