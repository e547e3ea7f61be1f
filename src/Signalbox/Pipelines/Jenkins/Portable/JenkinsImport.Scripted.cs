using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.Jenkins.Portable;

/// <summary>A scripted Jenkinsfile: its steps, as they stand.</summary>
public sealed partial class JenkinsImport
{
    // what says where steps run, in which order and how they are shown
    private static readonly HashSet<string> s_places = new(StringComparer.Ordinal) { "node", "stage", "parallel", "script", "timestamps", "ansiColor", "ws", "cleanWs", "deleteDir" };

    private readonly HashSet<GroovyCall> _left = new(ReferenceEqualityComparer.Instance);
    private IReadOnlyList<GroovyCall> _blocks = [];

    private PortablePipeline Scripted(JenkinsPipeline jenkins)
    {
        _log.Left(jenkins.Pipeline.Range, "a scripted pipeline is carried step by step, without the Groovy around its steps", "see which steps an if or a loop stands around");
        // the sources that one stage fetches are there for the others
        var shared = jenkins.Steps.Any(s => s.Call.Name == "checkout");
        _around = JenkinsControl.Of(jenkins.Root);
        _blocks = [.. JenkinsVariables.Calls(jenkins.Root).Where(c => c.Block is not null && !JenkinsControl.Is(c) && !(c.Receiver is null && s_places.Contains(c.Name))).OrderBy(c => c.Block!.Range.Start)];
        foreach (var job in jenkins.Pipeline.Jobs)
        {
            var own = jenkins.Steps.Where(s => ReferenceEquals(s.Job, job)).ToList();
            var machine = own.Select(Machine).FirstOrDefault(m => m is not null);
            // what Groovy does around steps no other platform does
            var limit = _blocks.LastOrDefault(b => b is { Name: "timeout", Receiver: null } && own.Count > 0 && own.TrueForAll(s => Holds(b, s)));
            if (limit is not null && jenkins.Steps.Any(s => !ReferenceEquals(s.Job, job) && Holds(limit, s))) _log.Changed(limit.NameRange, "the time limit of several jobs holds for each");
            List<PortableStep> steps = [.. JenkinsStepImport.Named([.. own.SelectMany(s => Steps(s, machine, limit))])], all = [.. Around(own), .. steps];
            if (shared && !all.Any(s => s is CheckoutStep)) all.Insert(0, new CheckoutStep { Source = job.Range });
            Add(job.Id, job.Range, all, new() { Id = job.Id, Runner = machine is null ? PortableRunner.Default : new(RunnerSystem.Linux, Labels(machine), true), Timeout = limit is null ? null : JenkinsStepWalk.ReadTimeout(limit) }, job.Needs.Select(n => n.Id));
        }
        if (_jobs.Count > 1) _log.Left(jenkins.Pipeline.Range, SharedWorkspace, HandedOver);
        return new() { Triggers = Triggers(jenkins, null), Jobs = _jobs };
    }

    private PortableText? Machine(JenkinsStep step) => _references.Read(step.Node?.First);

    /// <summary>What a step means; one on another machine than its job's first stays what it was.</summary>
    /// <param name="limit">The time limit that holds for the whole job.</param>
    private IEnumerable<PortableStep> Steps(JenkinsStep step, PortableText? machine, GroovyCall? limit) =>
        step.Node?.First is { } label && Machine(step)?.ToString() != machine?.ToString()
            ? [new ForeignStep(Platform.Jenkins, $"node({_text.Slice(label.Range)}) {{ {GroovyOut.Dedented(_text.Slice(step.Call.Range))} }}", []) { Source = step.Call.NameRange }]
            : Scoped(step, limit);

    /// <summary>A step with what holds by the blocks around it: folder, variables, credentials, limits.</summary>
    private IEnumerable<PortableStep> Scoped(JenkinsStep step, GroovyCall? limit)
    {
        var (import, scope) = (new JenkinsStepImport(_text, _log), new JenkinsStepScope(_references));
        foreach (var block in _blocks.Where(b => !ReferenceEquals(b, limit) && Holds(b, step)))
        {
            if (import.Within(block, scope) is { } inner) scope = inner;
            else _left.Add(block);
            if (block is { Name: "retry", Receiver: null, Block.Statements.Count: > 1 }) import.SayEach(block);
        }
        return import.Step(step.Call, scope);
    }

    private static bool Holds(GroovyCall block, JenkinsStep step) => block.Block!.Range.Start <= step.Call.Range.Start && step.Call.Range.End <= block.Block.Range.End;

    private List<ForeignStep> Around(IReadOnlyList<JenkinsStep> steps)
    {
        var left = new List<ForeignStep>();
        foreach (var call in _around.Where(a => steps.Any(s => a.Covers.Contains(s.Call.Range.Start))).Select(a => a.Call).Concat(_left.Where(b => steps.Any(s => Holds(b, s)))).OrderBy(c => c.Range.Start))
        {
            var said = _text.Slice(call.Block is { } block ? new(call.Range.Start, Math.Max(call.Range.Start, block.Range.Start)) : call.Range).ReplaceLineEndings(" ").Trim(' ', '{');
            left.Add(new(Platform.Jenkins, $"error({GroovyOut.Quoted($"what stands around these steps is not carried: {said}")})", []) { Source = call.NameRange });
        }
        return left;
    }
}
