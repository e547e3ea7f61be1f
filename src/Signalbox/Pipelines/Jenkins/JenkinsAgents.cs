using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.Jenkins;

/// <summary>Reads where work runs: <c>agent</c> sections and <c>node</c> steps.</summary>
internal static class JenkinsAgents
{
    public static JenkinsScope Declared(GroovyCall agent, JenkinsScope scope, JenkinsWalk walk)
    {
        if (agent.First is GroovyName { Path: "any" } any) { walk.Agent(null, false, any.Range); return scope with { Runner = [], Image = null }; }
        if (agent.Block is not { } block) return scope with { Runner = [], Image = null };
        var image = Image(block.Call("docker"));
        var label = block.Call("label") ?? block.Call("docker")?.Block?.Call("label") ?? block.Call("dockerfile")?.Block?.Call("label") ?? block.Call("node")?.Block?.Call("label");
        if (label?.First is GroovyText text) walk.Agent(text.String.Value, block.Call("docker") is not null || block.Call("dockerfile") is not null, text.Range);
        return scope with { Runner = label?.First is GroovyText name ? [new(name.String.Value, name.Range)] : [], Image = image };
    }

    public static JenkinsScope Node(GroovyCall node, JenkinsScope scope, JenkinsWalk walk)
    {
        var label = node.First as GroovyText;
        if (node.First is null || label is not null) walk.Agent(label?.String.Value, false, label?.Range ?? node.NameRange);
        return scope with { Runner = label is null ? [] : [new(label.String.Value, label.Range)], Node = node.First is null ? scope.Node : node };
    }

    private static ContainerImage? Image(GroovyCall? docker) =>
        (docker?.First as GroovyText ?? docker?.Block?.Call("image")?.First as GroovyText) is { } image ? Of(image, docker?.Block?.Call("registryUrl") is { } url && IsRegistry(url)) : null;

    public static ContainerImage Of(GroovyText image, bool isNamedElsewhere) => new(image.String.IsInterpolated ? null : image.String.Value, image.Range) { IsNamedElsewhere = isNamedElsewhere };

    /// <summary>The registry that an agent's image comes from, as its name begins there; empty for Docker Hub, null where an expression names it.</summary>
    public static string? Host(GroovyCall call) => call.First is not GroovyText { String: { IsInterpolated: false, Value: var url } } ? null
        : (Uri.TryCreate(url, UriKind.Absolute, out var address) ? address.Authority : url.Trim('/')) is var host && host is "docker.io" or "index.docker.io" or "registry.hub.docker.com" or "registry-1.docker.io" ? "" : host;

    /// <summary>An image's name with its registry's before it, where it is not there already.</summary>
    public static PortableText Of(PortableText image, string? registry) =>
        string.IsNullOrEmpty(registry) || image.Parts is [{ Literal: { } first }, ..] && first.StartsWith(registry + "/", StringComparison.Ordinal) ? image : PortableText.Of([new(registry + "/", null), .. image.Parts]);

    /// <summary>Whether a call names a registry: an empty address is Docker Hub's.</summary>
    public static bool IsRegistry(GroovyCall call) => call.First is not GroovyText { String.Value: "" };
}
