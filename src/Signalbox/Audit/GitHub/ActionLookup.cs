using System.Text.RegularExpressions;
using Signalbox.Audit.Readers;
using Signalbox.Audit.Rules;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitHub;

/// <summary>Asks a remote for every action that a repository uses.</summary>
internal static partial class ActionLookup
{
    public static void Ask(Repository repository, IActionRemote remote, CancellationToken cancel)
    {
        var file = new SourceFile(ActionLockReader.Path, YamlText.Empty);
        var answers = Lookup.Ask(Used(repository), used => remote.Ask(used.Key, [.. used.Where(UnpinnedActionRule.IsCommit).Select(c => c!.ToLowerInvariant()).Distinct()], cancel), cancel);
        var order = 0;
        foreach (var answer in answers.OrderBy(a => a.Repository, StringComparer.OrdinalIgnoreCase)) repository.Add(file, new AskedLock(answer), order++);
    }

    /// <summary>The refs that are used of each repository.</summary>
    private static IEnumerable<IGrouping<string, string?>> Used(Repository repository) =>
        repository.All<GitHubWorkflow>().SelectMany(w => w.Document.Pipeline.Uses)
            .Concat(repository.All<GitHubAction>().SelectMany(a => a.Document.Fragment.Uses))
            .Where(u => u is { IsLocal: false, IsImage: false } && Name().IsMatch(u.Repository))
            .GroupBy(u => u.Repository, u => u.Ref, StringComparer.OrdinalIgnoreCase)
            .OrderBy(g => g.Key, StringComparer.OrdinalIgnoreCase);

    // what GitHub lets an owner and a repository be called; nothing else goes into an address
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9-]{0,38}/(?!\.\.?\z)[A-Za-z0-9._-]{1,100}\z")]
    private static partial Regex Name();
}
