using Signalbox.Pipelines.Portable;
using Signalbox.Pipelines.Writing;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.AzurePipelines.Portable;

/// <summary>Values as Azure reads them.</summary>
internal sealed class AzureText(PortablePipeline pipeline, CarriageLog log)
{
    private readonly HashSet<string> _declared =
    [
        .. pipeline.Variables.Concat(pipeline.Jobs.SelectMany(j => j.Variables)).Select(v => v.Name.ToLowerInvariant()),
        .. pipeline.Jobs.SelectMany(j => j.Matrix?.Names ?? []).Select(n => n.ToLowerInvariant()),
        .. References(pipeline).Where(r => r.Kind is ReferenceKind.Secret or ReferenceKind.Setting).Select(r => r.Name!.ToLowerInvariant()),
    ];

    private static IEnumerable<PortableReference> References(PortablePipeline pipeline) =>
        pipeline.Variables.Concat(pipeline.Jobs.SelectMany(j => j.Variables.Concat(j.Steps.SelectMany(s => s.Variables)))).SelectMany(v => v.Value.References);

    /// <summary>What a person must see to before a job may go on: first of the whole pipeline, then of the job that is written.</summary>
    public List<string> Lost { get; set; } = [];

    /// <summary>The outputs of other jobs that the job that is written reads.</summary>
    public HashSet<PortableReference> Outputs { get; } = [];

    /// <summary>Whether an output of another job can be read in the one that is written.</summary>
    public Func<PortableReference, bool> Carries { get; set; } = _ => false;

    /// <summary>Whether all that stands in a text can be said.</summary>
    public bool CanSay(PortableReference reference)
    {
        if (reference.Kind != ReferenceKind.JobOutput) return AzureReferences.Macro(reference) is not null;
        Outputs.Add(reference);
        return Carries(reference);
    }

    /// <summary>The variables that every job has.</summary>
    public IReadOnlyList<PortableVariable> Declared => pipeline.Variables;

    /// <summary>Whether <c>$(name)</c> would be put in.</summary>
    public bool IsKnown(string name) => AzureReferences.IsSystem(name) || _declared.Contains(name.ToLowerInvariant());

    public string Value(PortableText text, TextRange place)
    {
        foreach (var secret in text.References.Where(r => r.Kind is ReferenceKind.Secret or ReferenceKind.Setting)) SaySecret(secret, place);
        if (text.References.ToList().TrueForAll(CanSay) && AzureReferences.Write(text) is { } said) return said;
        log.Left(place, $"the value {text} is not carried", "Azure has no such variable, or would put one in: write what is meant");
        Lost.Add($"the value {text} is not carried");
        return $"left for a person: {text.ToString().Replace("$", "", StringComparison.Ordinal)}";
    }

    public void SaySecret(PortableReference reference, TextRange place) => log.Changed(place,
        $"{reference.Name} comes from the pipeline's variables", $"Edit > Variables: {Names.Variable(reference.Name!)}{(reference.Kind == ReferenceKind.Secret ? ", kept secret" : "")}");

    public OutMap Variables(IReadOnlyList<PortableVariable> variables)
    {
        var map = new OutMap();
        foreach (var variable in PortableVariable.Last(variables, StringComparer.OrdinalIgnoreCase))
            // a variable that names itself would never end
            if (variable.Value.Parts is [{ Reference: { Kind: ReferenceKind.Secret or ReferenceKind.Setting } same }] && same.Name == variable.Name) SaySecret(same, variable.Source);
            else map.Add(AzureReferences.VariableName(variable.Name), Value(variable.Value, variable.Source));
        return map;
    }

    /// <summary>What a step has in its environment: a secret is there only where it is named.</summary>
    public OutMap Environment(IEnumerable<PortableVariable> variables)
    {
        var map = new OutMap();
        foreach (var variable in PortableVariable.Last(variables)) map.Add(Names.Variable(variable.Name), Value(variable.Value, variable.Source));
        return map;
    }
}
