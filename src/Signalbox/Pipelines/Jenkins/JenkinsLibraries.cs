using Signalbox.Pipelines.Jenkins.Groovy;

namespace Signalbox.Pipelines.Jenkins;

/// <summary>Shared libraries: <c>@Library('name@version') _</c> and the <c>library</c> step.</summary>
internal static class JenkinsLibraries
{
    public static IEnumerable<Inclusion> Read(GroovyBlock root)
    {
        foreach (var call in JenkinsVariables.Calls(root))
            if (call.Name is "@Library" || (call.Name == "library" && call.Receiver is null))
                foreach (var text in Names(call.First ?? call.Named("identifier") ?? call.Named("value")))
                    yield return Of(text);
            else if (call.Name == "libraries" && call.Block is { } block)
                foreach (var lib in block.Calls.Where(c => c.Name == "lib"))
                    foreach (var text in Names(lib.First)) yield return Of(text);
    }

    private static IEnumerable<GroovyText> Names(GroovyNode? node) => node switch
    {
        GroovyText text => [text],
        GroovyList list => list.Items.Select(i => i.Value).OfType<GroovyText>(),
        _ => [],
    };

    private static Inclusion Of(GroovyText text)
    {
        var value = text.String.Value;
        var at = value.IndexOf('@');
        return at < 0 ? new(value, null, true, text.Range) : new(value[..at], value[(at + 1)..], true, text.Range);
    }
}
