using System.Collections.Immutable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions.Expressions.Types;

/// <summary>What the outputs of used code are, where it can be known.</summary>
internal interface IUsedOutputs
{
    /// <summary>The outputs of an action, or null where they are not known.</summary>
    IReadOnlyList<string>? OfAction(UsedCode uses);

    /// <summary>The outputs of a reusable workflow, or null where they are not known.</summary>
    IReadOnlyList<string>? OfWorkflow(UsedCode uses);
}

/// <summary>Builds the contexts of each place of one workflow.</summary>
internal sealed class WorkflowScopes
{
    private static readonly ExpressionType s_text = ExpressionType.String;

    private readonly Pipeline _pipeline;
    private readonly IUsedOutputs _outputs;
    private readonly ContextTypes _workflow;
    private readonly Dictionary<Job, ContextTypes> _jobs = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Job, List<ObjectType>> _steps = new(ReferenceEqualityComparer.Instance);

    public WorkflowScopes(GitHubWorkflow workflow, IUsedOutputs outputs)
    {
        (_pipeline, _outputs) = (workflow.Pipeline, outputs);
        _workflow = ContextTypes.Common;
        if (Inputs(workflow) is { } inputs) _workflow = _workflow.With("inputs", inputs);
        if (workflow.Trigger("workflow_dispatch") is { } dispatch)
            _workflow = _workflow.With("github", ContextTable.WithEvent(ObjectType.Loose.With("inputs", ObjectType.Of(dispatch.Node.Get("inputs").Entries().Select(e => (e.Key.Value, (ExpressionType)s_text))))));
        if (workflow.Trigger("workflow_call")?.Node.Entry("secrets") is { } secrets)
            _workflow = _workflow.With("secrets", ObjectType.Of([.. ContextTable.GivenSecrets, .. secrets.Value.Entries().Select(e => (e.Key.Value, (ExpressionType)s_text))]));
    }

    /// <summary>The scope of a value of the workflow.</summary>
    public ExpressionScope Of(ExpressionText text)
    {
        if (text.Place == ExpressionPlace.CallOutput) return new(text.Place, _workflow.With("jobs", Jobs()));
        if (text.Job is not { } job) return new(text.Place, _workflow);
        var contexts = Job(job);
        var steps = StepsSeen(text, job);
        return new(text.Place, steps is null ? contexts : contexts.With("steps", steps));
    }

    /// <summary>An input's declared type; both triggers that have inputs share one context.</summary>
    private static ObjectType? Inputs(GitHubWorkflow workflow)
    {
        ObjectType? inputs = null;
        foreach (var trigger in workflow.Pipeline.Triggers.Where(t => t.Name is "workflow_call" or "workflow_dispatch"))
        {
            var own = ObjectType.Of(trigger.Node.Get("inputs").Entries().Select(e => (e.Key.Value, InputType(e.Value, trigger.Name == "workflow_call"))));
            inputs = inputs is null ? own : (ObjectType)inputs.Or(own);
        }
        return inputs;
    }

    internal static ExpressionType InputType(YamlNode? input, bool called) => input.Text("type") switch
    {
        "boolean" => ExpressionType.Boolean,
        "number" => ExpressionType.Number,
        "string" or "choice" or "environment" => s_text,
        // a dispatched input without a type is text; a called one must say it
        null when !called => s_text,
        _ => ExpressionType.Any,
    };

    private ContextTypes Job(Job job)
    {
        if (_jobs.TryGetValue(job, out var known)) return known;
        var contexts = _workflow.With("needs", Needs(job));
        if (job.Matrix is { } matrix) contexts = contexts.With("matrix", new MatrixTypes(new(ExpressionPlace.JobStrategy, contexts)).Of(matrix.Node));
        return _jobs[job] = contexts;
    }

    private ObjectType Needs(Job job) => ObjectType.Of(job.Needs
        .Where(n => !n.Id.Equals(job.Id, StringComparison.OrdinalIgnoreCase))
        .Select(n => (n.Id, Job: Find(n.Id)))
        .Where(n => n.Job is not null)
        .Select(n => (n.Id, (ExpressionType)ObjectType.Of(("result", s_text), ("outputs", Outputs(n.Job!))))));

    private Job? Find(string id) => _pipeline.Jobs.FirstOrDefault(j => j.Id.Equals(id, StringComparison.OrdinalIgnoreCase));

    private ObjectType Outputs(Job job) => job.Calls is { } called
        ? Known(_outputs.OfWorkflow(called))
        : job.Node.Get("outputs") is YamlScalar { IsNull: false } ? ObjectType.Loose : Texts(job.Node.Get("outputs").Entries().Select(e => e.Key.Value));

    private ObjectType Jobs() => ObjectType.Of(_pipeline.Jobs.Select(j => (j.Id, (ExpressionType)ObjectType.Of(
        ("result", s_text), ("outputs", j.Calls is null ? Outputs(j) : ObjectType.Loose)))));

    private static ObjectType Known(IReadOnlyList<string>? outputs) => outputs is null ? ObjectType.MapOf(s_text) : Texts(outputs);

    private static ObjectType Texts(IEnumerable<string> names) => ObjectType.Of(names.Select(n => (n, (ExpressionType)s_text)));

    /// <summary>The steps that have run when the value is read; null where steps do not exist yet.</summary>
    private ObjectType? StepsSeen(ExpressionText text, Job job)
    {
        var after = text.Place == ExpressionPlace.JobOutputs || text.Place.Key.StartsWith(ExpressionPlace.JobEnvironment.Key, StringComparison.Ordinal);
        if (text.Step is null && !after) return null;
        var steps = Steps(job);
        return text.Step is null ? steps[^1] : steps[IndexOf(job.Steps, text.Step)];
    }

    private static int IndexOf(ImmutableArray<Step> steps, Step step)
    {
        for (var i = 0; i < steps.Length; i++)
            if (ReferenceEquals(steps[i], step)) return i;
        return steps.Length;
    }

    /// <summary>The steps context before each step, and after the last.</summary>
    private List<ObjectType> Steps(Job job)
    {
        if (_steps.TryGetValue(job, out var known)) return known;
        var all = new List<ObjectType> { ObjectType.Empty };
        foreach (var step in job.Steps)
        {
            var before = all[^1];
            if (step.Id?.Contains("${{", StringComparison.Ordinal) == true) before = before with { Others = ExpressionType.Any };
            all.Add(step.Id is null ? before : before.With(step.Id, ObjectType.Of(("outputs", StepOutputs(step)), ("conclusion", s_text), ("outcome", s_text))));
        }
        return _steps[job] = all;
    }

    private ObjectType StepOutputs(Step step) => step.Uses is null || step.Uses.Is("actions/github-script")
        ? step.Uses is null ? ObjectType.MapOf(s_text) : ObjectType.Loose
        : Known(_outputs.OfAction(step.Uses));
}
