using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.Jenkins.Portable;

/// <summary>What a pipeline is asked for when it starts, and its stages when a person lets them go on (jenkins.io, "Pipeline Syntax: parameters, input").</summary>
internal sealed class JenkinsParameters
{
    private readonly List<(GroovyCall Call, string Name, bool Later)> _found = [];

    public JenkinsParameters(GroovyBlock root)
    {
        var first = root.Call("pipeline")?.Block?.Call("parameters");
        foreach (var block in JenkinsVariables.Calls(root).Where(c => c.Name == "parameters" && c.Block is not null))
            foreach (var call in block.Block!.Calls)
                if (call.Named("name") is GroovyText name && !_found.Exists(f => f.Name == name.String.Value)) _found.Add((call, name.String.Value, !ReferenceEquals(block, first)));
    }

    /// <summary>The names of those that are inputs.</summary>
    public IReadOnlySet<string> Names => _found.Where(f => IsInput(f.Call)).Select(f => f.Name).ToHashSet(StringComparer.Ordinal);

    public IReadOnlyList<PortableInput> Inputs(JenkinsReferences references, CarriageLog log)
    {
        var inputs = new List<PortableInput>();
        foreach (var (call, name, later) in _found.Where(f => f.Call.Name != "password"))
        {
            if (!IsInput(call)) { log.Left(call.NameRange, $"the parameter {name} of the kind {call.Name} is not carried"); continue; }
            if (later) log.Changed(call.NameRange, $"{name} is asked for when the pipeline starts, not when the stage does");
            var choices = call.Named("choices") is GroovyList list ? list.Items.Select(i => (i.Value as GroovyText)?.String.Value).OfType<string>().ToList() : [];
            inputs.Add(new(name, (call.Named("description") as GroovyText)?.String.Value, false, Default(call, name, references, log), choices, call.Name == "booleanParam", call.NameRange));
        }
        return inputs;
    }

    /// <summary>Jenkins' own where nothing is said: no text, and the first choice.</summary>
    private static string? Default(GroovyCall call, string name, JenkinsReferences references, CarriageLog log)
    {
        if (references.Read(call.Named("defaultValue")) is not { } read) return call.Name is "string" or "text" ? "" : null;
        if (read.Literal is null && !read.IsEmpty) log.Left(call.NameRange, $"the default of the parameter {name} is no text: {read}", "say it as a text", concern: Concern.Frame);
        return read.Literal ?? "";
    }

    /// <summary>What is asked for in secret comes from the platform's secrets: nothing else keeps it out of what the pipeline says.</summary>
    public IEnumerable<PortableVariable> Secrets(CarriageLog log)
    {
        foreach (var (call, name, _) in _found.Where(f => f.Call.Name == "password"))
        {
            log.Changed(call.NameRange, $"the password {name} is a secret of the project: nobody is asked for it", $"keep it as a secret of the name {name}");
            yield return new(name, PortableText.Of(new PortableReference(ReferenceKind.Secret, name)), call.NameRange);
        }
    }

    /// <summary>Says who may answer where not everybody may.</summary>
    public static void Asked(GroovyCall input, CarriageLog log)
    {
        if ((input.Named("submitter") ?? input.Block?.Call("submitter")?.First) is GroovyText submitter) log.Left(input.NameRange, $"who may let it go on ({submitter.String.Value}) is not carried", "required reviewers of an environment");
    }

    private static bool IsInput(GroovyCall call) => call.Name is "string" or "text" or "choice" or "booleanParam";
}
