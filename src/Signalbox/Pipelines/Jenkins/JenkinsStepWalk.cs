using System.Globalization;
using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Jenkins;

/// <summary>Goes through steps and the blocks around them; the parser bounds how deep they nest.</summary>
internal sealed class JenkinsStepWalk(JenkinsWalk walk, YamlText text)
{
    private JenkinsJobBuilder? _outside;

    // by the name of the variable that holds the list: many blocks may take the same
    private readonly Dictionary<string, IReadOnlyList<string>> _filled = new(StringComparer.Ordinal);

    public void Statements(GroovyBlock block, JenkinsScope scope, JenkinsJobBuilder? job)
    {
        // whether one of the branches so far is gone into, and what an if without braces says of the next statement
        bool? before = false, next = true;
        foreach (var statement in block.Statements)
        {
            var here = scope.Where(next);
            next = true;
            if (statement is GroovyCall { Name: "else", Receiver: null, First: var other })
            {
                Visit(statement, here.Where(!before), job, true);
                before = other is GroovyCall { Name: "if" } further ? JenkinsRequests.Or(before, JenkinsRequests.If(further, text)) : before;
                continue;
            }
            Visit(statement, here, job, true);
            if (statement is not GroovyCall { Name: "if", Receiver: null } choice) continue;
            before = JenkinsRequests.If(choice, text);
            if (choice.Block is null) next = before;
            // what follows runs only where the block was not gone into
            else if (choice.Block.Statements.Any(s => s is GroovyName { Path: "return" } or GroovyCall { Name: "return" or "error", Receiver: null })) scope = scope.Where(!before);
        }
    }

    private void Visit(GroovyNode node, JenkinsScope scope, JenkinsJobBuilder? job, bool statement)
    {
        switch (node)
        {
            case GroovyBlock block: Statements(block, scope, job); break;
            case GroovyList list: foreach (var item in list.Items) Visit(item.Value, scope, job, false); break;
            case GroovyOperation operation: foreach (var operand in operation.Operands) Visit(operand, scope, job, false); break;
            case GroovyCall call: Call(call, scope, job, statement); break;
        }
    }

    private void Call(GroovyCall call, JenkinsScope scope, JenkinsJobBuilder? job, bool statement)
    {
        switch (call.Receiver is null ? call.Name : "")
        {
            case "if": Inside(call, scope.Where(JenkinsRequests.If(call, text)), job); return;
            case "sh" or "bat" or "powershell" or "pwsh": Command(call, scope, Job(job, call, scope), statement); return;
            case "stage": Stage(call, scope); return;
            case "parallel": Parallel(call, scope, job); return;
            case "node": Inside(call, JenkinsAgents.Node(call, scope, walk), job); return;
            case "withCredentials": Inside(call, scope.WithSecrets(Bound(call)), job); return;
            case ['w', 'i', 't', 'h', ..] when call.Block is not null && Filled(call).ToList() is { Count: > 0 } filled: Inside(call, scope.WithSecrets(filled), job); return;
            case "catchError": Inside(call, Text(call.Named("buildResult")) == "SUCCESS" ? scope with { Lenient = new(true, call.NameRange) } : scope, job); return;
            case "retry": Inside(call, scope with { Retry = ReadRetry(call) }, job); return;
            case "timeout": Inside(call, scope with { Timeout = ReadTimeout(call) }, job); return;
            case "input": Job(job, call, scope).Manual ??= call.NameRange; return;
        }
        if (call.Path == "docker.withRegistry") scope = scope with { HasRegistry = JenkinsAgents.IsRegistry(call) };
        if (call is { Name: "inside" or "withRun", Receiver: GroovyCall { Name: "image", First: GroovyText image } }) scope = scope with { Image = JenkinsAgents.Of(image, scope.HasRegistry) };
        else if (statement && call.Receiver is null && call.Block is null && IsStep(call.Name)) Other(call, scope, Job(job, call, scope));
        if (call.Receiver is { } receiver) Visit(receiver, scope, job, false);
        Inside(call, scope, job);
    }

    private void Inside(GroovyCall call, JenkinsScope scope, JenkinsJobBuilder? job)
    {
        foreach (var argument in call.Arguments) Visit(argument.Value, scope, job, false);
        if (call.Block is { } block) Statements(block, scope, job);
    }

    /// <summary>Steps that stand in no stage are one job.</summary>
    private JenkinsJobBuilder Job(JenkinsJobBuilder? job, GroovyCall call, JenkinsScope scope) => job ?? (_outside ??= walk.Begin("node", call.NameRange, call.Range, scope with { ForRequests = true }, null));

    private void Stage(GroovyCall stage, JenkinsScope scope)
    {
        var name = Text(stage.First) ?? Text(stage.Named("name")) ?? "stage";
        if (stage.Block is { } block) Statements(block, scope, walk.Begin(name, stage.First?.Range ?? stage.NameRange, stage.Range, scope, null));
    }

    private void Parallel(GroovyCall call, JenkinsScope scope, JenkinsJobBuilder? job)
    {
        var ways = call.Arguments.SelectMany(a => a.Value is GroovyList list ? list.Items : [a]);
        walk.Parallel(ways.Select(w => (Action)(() => Visit(w.Value, scope, job, false))));
    }

    private void Command(GroovyCall call, JenkinsScope scope, JenkinsJobBuilder job, bool statement)
    {
        var command = call.Named("script") ?? call.First;
        var ignored = statement && call.Named("returnStatus") is GroovyName { Path: "true" };
        job.Add(new()
        {
            Range = call.NameRange,
            Body = call.Range,
            Name = Text(call.Named("label")),
            Script = JenkinsScript.Of(text, command),
            Shell = call.Name == "bat" ? "cmd" : call.Name,
            MachineStays = true,
            FailureIgnored = ignored ? new(true, call.Range) : scope.Lenient,
            ForRequests = scope.ForRequests,
        }, call, command, scope);
    }

    private static void Other(GroovyCall call, JenkinsScope scope, JenkinsJobBuilder job) => job.Add(new()
    {
        Range = call.NameRange,
        Body = call.Range,
        Uses = new(call.Name == "git" || call.Name == "checkout" ? "checkout" : call.Name, null, call.NameRange),
        Inputs = [.. call.Arguments.Where(a => a.Name is not null).Select(a => new Variable(a.Name!, Text(a.Value), a.Value.Range))],
        FailureIgnored = scope.Lenient,
        ForRequests = scope.ForRequests,
    }, call, null, scope);

    private static bool IsStep(string name) =>
        name is not ("" or "if" or "else" or "for" or "while" or "switch" or "case" or "try" or "catch" or "finally" or "return" or "throw" or "import" or "println" or "echo" or "error" or "assert" or "print") && char.IsLower(name[0]);

    /// <summary>The variables that bindings of <c>withCredentials</c> set.</summary>
    private static IEnumerable<string> Bound(GroovyCall call)
    {
        foreach (var binding in call.Arguments.SelectMany(a => JenkinsVariables.Calls(a.Value)))
            foreach (var argument in binding.Arguments)
                if (argument.Name is { } name && name.EndsWith("ariable", StringComparison.Ordinal) && name != "usernameVariable" && Text(argument.Value) is { } variable) yield return variable;
    }

    /// <summary>
    /// The variables that a block fills from a manager of secrets, as the plugins of 1Password, HashiCorp Vault and Azure Key Vault take them:
    /// maps with the variable and where its value lies.
    /// </summary>
    private IEnumerable<string> Filled(GroovyCall call) => call.Arguments.SelectMany(a => JenkinsVariables.All(a.Value)).SelectMany(n => n is GroovyName name ? Assigned(name.Path) : Filled([n])).Take(JenkinsScope.MostSecrets);

    private IReadOnlyList<string> Assigned(string variable)
    {
        if (!_filled.TryGetValue(variable, out var names)) _filled[variable] = names = [.. Filled(walk.Assigned(variable).SelectMany(JenkinsVariables.All)).Take(JenkinsScope.MostSecrets)];
        return names;
    }

    private static IEnumerable<string> Filled(IEnumerable<GroovyNode> nodes) => nodes.OfType<GroovyList>().Where(m => m.Items.Any(i => i.Name is "secretRef" or "vaultKey" or "secretType"))
        .Where(m => !m.Items.Any(i => i.Name is "secretRef" or "vaultKey" or "name" && Text(i.Value)?.EndsWith("username", StringComparison.OrdinalIgnoreCase) == true))
        .SelectMany(m => m.Items).Where(i => i.Name is "envVar" or "envVariable").Select(i => Text(i.Value)).OfType<string>();

    internal static Retry ReadRetry(GroovyCall call) => new(Number(call.First ?? call.Named("count")), [.. (call.Named("conditions") as GroovyList)?.Items.Select(i => (i.Value as GroovyCall)?.Name ?? "") ?? []], call.NameRange);

    internal static TimeSpan? ReadTimeout(GroovyCall call)
    {
        if (Number(call.Named("time") ?? call.First) is not { } time || time > 1_000_000) return null;
        return Text(call.Named("unit")) switch
        {
            "SECONDS" => TimeSpan.FromSeconds(time),
            "HOURS" => TimeSpan.FromHours(time),
            "DAYS" => TimeSpan.FromDays(time),
            _ => TimeSpan.FromMinutes(time),
        };
    }

    private static int? Number(GroovyNode? node) => node is GroovyNumber number && int.TryParse(number.Text, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static string? Text(GroovyNode? node) => (node as GroovyText)?.String.Value;
}
