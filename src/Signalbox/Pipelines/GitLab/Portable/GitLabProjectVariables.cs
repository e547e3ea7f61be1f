using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitLab.Portable;

/// <summary>
/// Variables that the project, its group or the instance holds: GitLab gives them to every script, the other platforms to none that does not ask for them
/// (docs.gitlab.com, "GitLab CI/CD variables: define a CI/CD variable in the UI").
/// </summary>
internal static class GitLabProjectVariables
{
    /// <summary>Each script asks for those that it reads.</summary>
    public static PortablePipeline Asked(PortablePipeline pipeline, YamlMapping root)
    {
        var said = Said(root).ToHashSet(StringComparer.Ordinal);
        return pipeline with { Jobs = [.. pipeline.Jobs.Select(j => j with { Steps = [.. j.Steps.Select(s => s is RunStep { IsPosix: true } run ? Asked(run, j, pipeline, said) : s)] })] };
    }

    private static RunStep Asked(RunStep run, PortableJob job, PortablePipeline pipeline, HashSet<string> said)
    {
        var known = pipeline.Variables.Concat(job.Variables).Concat(run.Variables).Select(v => v.Name).Concat(pipeline.Inputs.Select(i => i.Name)).Concat(job.IdentityTokens.Select(t => t.Name)).Concat(job.Matrix?.Names ?? []).ToHashSet(StringComparer.Ordinal);
        var names = ShellNames.Unset(run.Script.Render(l => l, _ => "x")).Where(n => !known.Contains(n) && !said.Contains(n) && !GitLabJobImport.IsCheckout(n)).ToList();
        return names.Count == 0 ? run : run with { Variables = [.. run.Variables, .. names.Select(n => new PortableVariable(n, PortableText.Of(GitLabReferences.Kept(n)), run.Source))] };
    }

    // also those of rules, of what is included and of templates: where one is set is not always where it is read
    private static IEnumerable<string> Said(YamlNode node, int depth = 0)
    {
        if (depth > 24) yield break;
        foreach (var entry in node.Entries())
        {
            if (entry.Key.Value is "variables" or "id_tokens" or "secrets") foreach (var variable in entry.Value.Entries()) yield return variable.Key.Value;
            foreach (var name in Said(entry.Value, depth + 1)) yield return name;
        }
        foreach (var item in node.Items())
            foreach (var name in Said(item, depth + 1)) yield return name;
    }
}
