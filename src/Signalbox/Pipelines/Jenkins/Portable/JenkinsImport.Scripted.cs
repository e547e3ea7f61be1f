using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.Jenkins.Portable;

/// <summary>A scripted Jenkinsfile: its steps, as they stand.</summary>
public sealed partial class JenkinsImport
{
    private PortablePipeline Scripted(JenkinsPipeline jenkins)
    {
        _log.Left(jenkins.Pipeline.Range, "a scripted pipeline is carried step by step, without the Groovy around its steps", "see which steps an if or a loop stands around");
        // the sources that one stage fetches are there for the others
        var shared = jenkins.Steps.Any(s => s.Call.Name == "checkout");
        _around = JenkinsControl.Of(jenkins.Root);
        foreach (var job in jenkins.Pipeline.Jobs)
        {
            var own = jenkins.Steps.Where(s => ReferenceEquals(s.Job, job)).ToList();
            var machine = own.Select(Machine).FirstOrDefault(m => m is not null);
            // what Groovy does around steps no other platform does
            List<PortableStep> all = [.. Around(own), .. own.SelectMany(s => Steps(s, machine))];
            if (shared && !all.Any(s => s is CheckoutStep)) all.Insert(0, new CheckoutStep { Source = job.Range });
            Add(job.Id, job.Range, all, new() { Id = job.Id, Runner = machine is null ? PortableRunner.Default : new(RunnerSystem.Linux, Labels(machine), true) }, job.Needs.Select(n => n.Id));
        }
        if (_jobs.Count > 1) _log.Left(jenkins.Pipeline.Range, SharedWorkspace, HandedOver);
        return new() { Triggers = Triggers(jenkins, null), Jobs = _jobs };
    }

    private PortableText? Machine(JenkinsStep step) => _references.Read(step.Node?.First);

    /// <summary>What a step means; one on another machine than its job's first stays what it was.</summary>
    private IEnumerable<PortableStep> Steps(JenkinsStep step, PortableText? machine) =>
        step.Node?.First is { } label && Machine(step)?.ToString() != machine?.ToString()
            ? [new ForeignStep(Platform.Jenkins, $"node({_text.Slice(label.Range)}) {{ {GroovyOut.Dedented(_text.Slice(step.Call.Range))} }}", []) { Source = step.Call.NameRange }]
            : new JenkinsStepImport(_text, _log).Step(step.Call, new(_references));

    private List<ForeignStep> Around(IReadOnlyList<JenkinsStep> steps)
    {
        var left = new List<ForeignStep>();
        foreach (var (call, covers) in _around.Where(a => steps.Any(s => a.Covers.Contains(s.Call.Range.Start))))
        {
            var said = _text.Slice(call.Block is { } block ? new(call.Range.Start, Math.Max(call.Range.Start, block.Range.Start)) : call.Range).ReplaceLineEndings(" ").Trim(' ', '{');
            left.Add(new(Platform.Jenkins, $"error({GroovyOut.Quoted($"what stands around these steps is not carried: {said}")})", []) { Source = call.NameRange });
        }
        return left;
    }
}
