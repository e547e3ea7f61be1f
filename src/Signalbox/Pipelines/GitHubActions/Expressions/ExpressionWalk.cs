using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions.Expressions;

/// <summary>Finds every expression of a workflow or a composite action, in the order GitHub evaluates the steps they stand in.</summary>
internal sealed class ExpressionWalk
{
    private readonly List<ExpressionText> _found = [];
    private Job? _job;
    private Step? _step;

    public static IReadOnlyList<ExpressionText> Of(GitHubWorkflow workflow)
    {
        var walk = new ExpressionWalk();
        walk.Workflow(workflow);
        return walk._found;
    }

    public static IReadOnlyList<ExpressionText> Of(GitHubAction action)
    {
        var walk = new ExpressionWalk();
        foreach (var output in action.Root.Get("outputs").Entries()) walk.Text(output.Value.Get("value"), ExpressionPlace.JobOutputs);
        foreach (var job in action.Fragment.Jobs) walk.Steps(job);
        return walk._found;
    }

    private void Workflow(GitHubWorkflow workflow)
    {
        var root = workflow.Root;
        Text(root.Get("name"), ExpressionPlace.Nowhere);
        Text(root.Get("run-name"), ExpressionPlace.RunName);
        Triggers(workflow);
        Variables(root.Get("env"), ExpressionPlace.Env);
        Texts(root.Get("defaults", "run"), ExpressionPlace.Nowhere);
        ConcurrencyOf(root.Get("concurrency"), ExpressionPlace.Concurrency);
        foreach (var job in workflow.Pipeline.Jobs) JobOf(job);
        _job = null;
        foreach (var output in workflow.Trigger("workflow_call")?.Node.Get("outputs").Entries() ?? [])
            Text(output.Value.Get("value"), ExpressionPlace.CallOutput);
    }

    private void Triggers(GitHubWorkflow workflow)
    {
        foreach (var trigger in workflow.Pipeline.Triggers)
        {
            if (trigger.Name is "workflow_call")
                foreach (var input in trigger.Node.Get("inputs").Entries()) Text(input.Value.Get("default"), ExpressionPlace.CallInputDefault);
            else if (trigger.Name is "workflow_dispatch")
                foreach (var input in trigger.Node.Get("inputs").Entries()) Texts(input.Value, ExpressionPlace.Nowhere);
            else
                Texts(trigger.Node is YamlScalar ? null : trigger.Node, ExpressionPlace.Nowhere);
        }
    }

    private void JobOf(Job job)
    {
        _job = job;
        var node = job.Node;
        Strategy(node.Get("strategy"));
        Text(node.Get("name"), ExpressionPlace.JobName);
        RunsOn(node.Get("runs-on"));
        ConcurrencyOf(node.Get("concurrency"), ExpressionPlace.JobConcurrency);
        Variables(node.Get("env"), ExpressionPlace.JobEnv);
        Texts(node.Get("defaults", "run"), ExpressionPlace.JobDefaults);
        Text(node.Get("if"), ExpressionPlace.JobIf, ValueShape.Condition);
        Text(node.Get("snapshot", "if"), ExpressionPlace.SnapshotIf, ValueShape.Condition);
        Text(node.Get("continue-on-error"), ExpressionPlace.JobContinueOnError, ValueShape.Boolean);
        Text(node.Get("timeout-minutes"), ExpressionPlace.JobTimeout, ValueShape.Number);
        Container(node.Get("container"), ExpressionPlace.JobContainer);
        foreach (var service in node.Get("services").Entries()) Container(service.Value, ExpressionPlace.JobServices);
        if (node.Get("services") is YamlScalar services) Text(services, ExpressionPlace.JobServices, ValueShape.Object);
        Text(node.Get("uses"), ExpressionPlace.Nowhere);
        foreach (var input in node.Get("with").Entries()) Text(input.Value, ExpressionPlace.JobWith);
        foreach (var secret in node.Get("secrets").Entries()) Text(secret.Value, ExpressionPlace.JobSecrets);
        Steps(job);
        Environment(node.Get("environment"));
        foreach (var output in node.Get("outputs").Entries()) Text(output.Value, ExpressionPlace.JobOutputs);
    }

    private void Strategy(YamlNode? node)
    {
        Text(node.Get("fail-fast"), ExpressionPlace.JobStrategy, ValueShape.Boolean);
        Text(node.Get("max-parallel"), ExpressionPlace.JobStrategy, ValueShape.Number);
        if (node.Get("matrix") is YamlScalar all) Text(all, ExpressionPlace.JobStrategy, ValueShape.Object);
        foreach (var axis in node.Get("matrix").Entries())
        {
            if (axis.Value is YamlScalar row) Text(row, ExpressionPlace.JobStrategy, ValueShape.List);
            else if (axis.Key.Value is "include" or "exclude")
                foreach (var item in axis.Value.Items())
                    if (item is YamlScalar whole) Text(whole, ExpressionPlace.JobStrategy, ValueShape.Object);
                    else AnyWithin(item);
            else AnyWithin(axis.Value);
        }
    }

    // values of a matrix keep their type, whatever it is
    private void AnyWithin(YamlNode node)
    {
        switch (node)
        {
            case YamlScalar scalar: Text(scalar, ExpressionPlace.JobStrategy, ValueShape.Any); break;
            case YamlSequence list: foreach (var item in list.Items) AnyWithin(item); break;
            case YamlMapping map: foreach (var entry in map.Entries()) AnyWithin(entry.Value); break;
        }
    }

    private void RunsOn(YamlNode? node)
    {
        switch (node)
        {
            case YamlScalar scalar: Text(scalar, ExpressionPlace.JobRunsOn, ValueShape.TextOrList); break;
            case YamlMapping group:
                Text(group.Get("group"), ExpressionPlace.JobRunsOn);
                if (group.Get("labels") is YamlScalar labels) Text(labels, ExpressionPlace.JobRunsOn, ValueShape.TextOrList);
                else Texts(group.Get("labels"), ExpressionPlace.JobRunsOn);
                break;
            default: Texts(node, ExpressionPlace.JobRunsOn); break;
        }
    }

    private void ConcurrencyOf(YamlNode? node, ExpressionPlace place)
    {
        if (node is YamlScalar) Text(node, place);
        Text(node.Get("group"), place);
        Text(node.Get("cancel-in-progress"), place, ValueShape.Boolean);
    }

    private void Variables(YamlNode? node, ExpressionPlace place)
    {
        if (node is YamlScalar whole) Text(whole, place, ValueShape.Object);
        foreach (var variable in node.Entries())
        {
            Text(variable.Key, place);
            Text(variable.Value, place);
        }
    }

    private void Container(YamlNode? node, ExpressionPlace place)
    {
        if (node is YamlScalar) Text(node, place);
        foreach (var entry in node.Entries())
            switch (entry.Key.Value)
            {
                case "credentials":
                    if (entry.Value is YamlScalar whole) Text(whole, ExpressionPlace.JobCredentials, ValueShape.Object);
                    else Texts(entry.Value, ExpressionPlace.JobCredentials);
                    break;
                case "env": Variables(entry.Value, ExpressionPlace.JobContainerEnv); break;
                default: Texts(entry.Value, place); break;
            }
    }

    private void Environment(YamlNode? node)
    {
        if (node is YamlScalar) Text(node, ExpressionPlace.JobEnvironment);
        Text(node.Get("name"), ExpressionPlace.JobEnvironment);
        Text(node.Get("url"), ExpressionPlace.JobEnvironmentUrl);
        Text(node.Get("deployment"), ExpressionPlace.JobEnvironment, ValueShape.Boolean);
    }

    private void Steps(Job job)
    {
        _job = job;
        foreach (var step in job.Steps)
        {
            _step = step;
            var node = step.Node;
            Text(node.Get("name"), ExpressionPlace.StepName);
            Text(node.Get("if"), ExpressionPlace.StepIf, ValueShape.Condition);
            Text(node.Get("run"), ExpressionPlace.StepRun);
            Text(node.Get("shell"), ExpressionPlace.Nowhere);
            Text(node.Get("working-directory"), ExpressionPlace.StepWorkingDirectory);
            Text(node.Get("uses"), ExpressionPlace.Nowhere);
            Text(node.Get("id"), ExpressionPlace.Nowhere);
            foreach (var input in node.Get("with").Entries()) Text(input.Value, ExpressionPlace.StepWith);
            Variables(node.Get("env"), ExpressionPlace.StepEnv);
            Text(node.Get("continue-on-error"), ExpressionPlace.StepContinueOnError, ValueShape.Boolean);
            Text(node.Get("timeout-minutes"), ExpressionPlace.StepTimeout, ValueShape.Number);
        }
        _step = null;
    }

    /// <summary>Every text in a value of unknown shape.</summary>
    private void Texts(YamlNode? node, ExpressionPlace place)
    {
        switch (node)
        {
            case YamlScalar: Text(node, place); break;
            case YamlSequence list: foreach (var item in list.Items) Texts(item, place); break;
            case YamlMapping map: foreach (var entry in map.Entries()) Texts(entry.Value, place); break;
        }
    }

    private void Text(YamlNode? node, ExpressionPlace place, ValueShape shape = ValueShape.Text)
    {
        if (node is YamlScalar { IsNull: false } scalar && ExpressionText.Read(scalar, place, shape, _job, _step) is { } text) _found.Add(text);
    }
}
