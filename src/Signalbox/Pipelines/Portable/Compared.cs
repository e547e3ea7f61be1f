namespace Signalbox.Pipelines.Portable;

/// <summary>Conditions of a platform that names a variable, a matrix's axis and an input alike.</summary>
internal static class Compared
{
    /// <summary>What such a condition compares is what the file has under that name; what it has not is kept in the platform's settings.</summary>
    /// <param name="names">Whether names are told apart by case.</param>
    public static PortablePipeline ByName(PortablePipeline pipeline, StringComparer names) => pipeline with { Jobs = [.. pipeline.Jobs.Select(j => ByName(pipeline, j, names))] };

    private static PortableJob ByName(PortablePipeline pipeline, PortableJob job, StringComparer names)
    {
        return job with { If = job.If?.Map(Named), Steps = [.. job.Steps.Select(s => s.If is null ? s : s with { If = s.If.Map(Named) })] };

        PortableCondition Named(PortableCondition fact)
        {
            if (fact is not ValueIs { Reference: { Kind: ReferenceKind.Setting, Name: { } name } setting } value) return fact;
            ReferenceKind? kind = job.Matrix?.Names.Contains(name, names) == true ? ReferenceKind.Axis
                : pipeline.Variables.Concat(job.Variables).Any(v => names.Equals(v.Name, name)) ? ReferenceKind.Variable
                : pipeline.Inputs.Any(i => names.Equals(i.Name, name)) ? ReferenceKind.Input : null;
            return kind is { } known ? value with { Reference = setting with { Kind = known } } : fact;
        }
    }
}
