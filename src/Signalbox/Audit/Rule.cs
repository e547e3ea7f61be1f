namespace Signalbox.Audit;

/// <summary>One concept of the catalogue. It says what it checks by the <see cref="IChecks{T}"/> it implements.</summary>
internal abstract class Rule
{
    public abstract RuleInfo Info { get; }
}

/// <summary>A rule that looks at every document of one type: a workflow, a Kubernetes object, a pipeline's step, the whole repository.</summary>
/// <remarks>Checks run on several threads at once; a rule keeps no state between them.</remarks>
internal interface IChecks<in T>
{
    void Check(T document, Report report);
}
