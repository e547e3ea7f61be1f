using Signalbox.Pipelines.Jenkins;
using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Yaml;

namespace Signalbox.Audit.Jenkins;

/// <summary>What a Jenkinsfile gives <c>docker run</c> for the containers its steps run in.</summary>
/// <remarks>jenkins.io, "Using Docker with Pipeline": <c>args</c> of an agent, and what <c>inside</c> and <c>withRun</c> are given.</remarks>
internal static class DockerArguments
{
    /// <summary>Each text of options, split into words.</summary>
    public static IEnumerable<(string[] Words, TextRange Range)> Of(JenkinsPipeline jenkins)
    {
        foreach (var call in JenkinsVariables.Calls(jenkins.Root))
            if (Options(call) is { } text) yield return (text.String.Value.Split([' ', '\t', '\n', '='], StringSplitOptions.RemoveEmptyEntries), text.Range);
    }

    /// <summary>The paths of the agent that options mount.</summary>
    public static IEnumerable<string> Mounted(string[] words)
    {
        for (var i = 0; i + 1 < words.Length; i++)
            if (words[i] is "-v" or "--volume") yield return words[i + 1].Split(':')[0];
            else if (words[i] is "source" or "src" || words[i].EndsWith(",source", StringComparison.Ordinal) || words[i].EndsWith(",src", StringComparison.Ordinal)) yield return words[i + 1].Split(',')[0];
    }

    private static GroovyText? Options(GroovyCall call) => call switch
    {
        { Name: "docker" or "dockerfile", Receiver: null, Block: { } block } => block.Call("args")?.First as GroovyText,
        { Name: "inside" or "withRun", Receiver: GroovyCall { Name: "image" or "build" } } => call.First as GroovyText,
        _ => null,
    };
}
