namespace Signalbox.Pipelines.Portable;

/// <summary>Inputs on platforms where scripts do not see them by themselves.</summary>
internal static class Inputs
{
    /// <summary>A variable for each input that a script reads under its own name.</summary>
    public static IEnumerable<PortableVariable> InShell(PortablePipeline pipeline)
    {
        var scripts = pipeline.Jobs.SelectMany(j => j.Steps).OfType<RunStep>().Where(s => s.IsPosix).SelectMany(s => s.Script.Parts).Select(p => p.Literal).OfType<string>().ToList();
        var given = pipeline.Variables.Concat(pipeline.Jobs.SelectMany(j => j.Variables.Concat(j.Steps.SelectMany(s => s.Variables)))).Select(v => v.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var input in pipeline.Inputs)
        {
            var name = Names.Variable(input.Name);
            if (!given.Contains(name) && scripts.Exists(s => s.Contains($"${{{name}}}", StringComparison.Ordinal) || s.Contains($"${name}", StringComparison.Ordinal)))
                yield return new(name, PortableText.Of(new PortableReference(ReferenceKind.Input, input.Name)), input.Source);
        }
    }
}
