namespace Signalbox.Audit.Helm.Templates;

/// <summary>
/// Runs a template within limits. What it cannot know becomes an <see cref="Unknown"/>: a branch on such a value writes a mark
/// instead of either side, and a function of one gives another.
/// </summary>
/// <param name="defines">Every template of the chart by name.</param>
internal sealed class TemplateRun(IReadOnlyDictionary<string, IReadOnlyList<TemplateNode>> defines)
{
    public const int MostCharacters = 2 * 1024 * 1024;

    private const int MostSteps = 200_000;
    private const long MostWork = 64L * 1024 * 1024;
    private const int DeepestCall = 40;
    private const int DeepestBlock = 400;

    private enum Flow { On, Break, Continue }

    private readonly List<(string Name, object? Value)> _variables = [];
    private int _steps;
    private int _calls;
    private int _blocks;
    private long _work;
    private int _unknown;

    /// <exception cref="TemplateException">A limit was reached, or the template contradicts itself.</exception>
    public TemplateOutput Render(IReadOnlyList<TemplateNode> nodes, Dictionary<string, object?> dot)
    {
        var output = new TemplateOutput(MostCharacters);
        Enter(nodes, dot, output);
        return output;
    }

    /// <summary>Runs a template of its own: it sees no variable of the one that calls it.</summary>
    private void Enter(IReadOnlyList<TemplateNode> nodes, object? dot, TemplateOutput output)
    {
        if (_calls == DeepestCall) throw new TemplateException("templates call each other without end");
        _calls++;
        var mark = _variables.Count;
        _variables.Add(("$", dot));
        Run(nodes, dot, output);
        _variables.RemoveRange(mark, _variables.Count - mark);
        _calls--;
    }

    private Flow Run(IReadOnlyList<TemplateNode> nodes, object? dot, TemplateOutput output)
    {
        if (++_blocks > DeepestBlock) throw new TemplateException("blocks lie too deep");
        var mark = _variables.Count;
        var flow = Flow.On;
        for (var i = 0; i < nodes.Count && flow == Flow.On; i++) flow = Run(nodes[i], dot, output);
        _variables.RemoveRange(mark, _variables.Count - mark);
        _blocks--;
        return flow;
    }

    private Flow Run(TemplateNode node, object? dot, TemplateOutput output)
    {
        if (++_steps > MostSteps) throw new TemplateException($"it takes more than {MostSteps:N0} steps", node.Range.Start);
        switch (node)
        {
            case TextPiece text:
                output.Write(text.Range, text.Text, isText: true);
                return Flow.On;
            case ValueAction { Pipe: var pipe }:
                var value = Value(pipe, dot);
                if (pipe.Variables.Count == 0) output.Write(node.Range, TemplateValue.Text(value));
                return Flow.On;
            case Invocation call:
                Invoke(call, dot, output);
                return Flow.On;
            case Branch { Kind: BranchKind.Range } loop:
                return Loop(loop, dot, output);
            case Branch branch:
                return Choose(branch, dot, output);
            default:
                return ((LoopExit)node).Ends ? Flow.Break : Flow.Continue;
        }
    }

    private void Invoke(Invocation call, object? dot, TemplateOutput output)
    {
        if (!defines.TryGetValue(call.Name, out var nodes))
        {
            output.Write(call.Range, New().Mark);
            return;
        }
        var argument = call.Argument is null ? null : Value(call.Argument, dot);
        var outer = output.Stand;
        output.Stand ??= call.Range;
        Enter(nodes, argument, output);
        output.Stand = outer;
    }

    private Flow Choose(Branch branch, object? dot, TemplateOutput output)
    {
        var mark = _variables.Count;
        var value = Value(branch.Pipe, dot);
        var flow = Flow.On;
        if (TemplateValue.IsTrue(value) is not { } chosen) Leave(branch, output);
        else if (chosen) flow = Run(branch.Body, branch.Kind == BranchKind.With ? value : dot, output);
        else flow = Run(branch.Else, dot, output);
        _variables.RemoveRange(mark, _variables.Count - mark);
        return flow;
    }

    private Flow Loop(Branch loop, object? dot, TemplateOutput output)
    {
        var mark = _variables.Count;
        // the variables of a range are those of its items: the pipe itself sets none
        var value = Value(loop.Pipe with { Variables = [] }, dot);
        if (Items(value) is not { } items)
        {
            Leave(loop, output);
            return Flow.On;
        }
        foreach (var (key, item) in items)
        {
            Name(loop.Pipe, key, item);
            var flow = Run(loop.Body, item, output);
            _variables.RemoveRange(mark, _variables.Count - mark);
            if (flow == Flow.Break) return Flow.On;
        }
        return items.Count == 0 ? Run(loop.Else, dot, output) : Flow.On;
    }

    private void Name(TemplatePipe pipe, object? key, object? item)
    {
        if (pipe.Variables is [var only]) _variables.Add((only, item));
        else if (pipe.Variables is [var first, var second]) _variables.AddRange([(first, key), (second, item)]);
    }

    private static List<(object? Key, object? Item)>? Items(object? value) => value switch
    {
        List<object?> list => [.. list.Select((item, i) => ((object?)(long)i, item))],
        Dictionary<string, object?> map => [.. TemplateValue.Sorted(map).Select(e => ((object?)e.Key, e.Value))],
        long count => count > MostSteps ? throw new TemplateException("a range is too long") : [.. Enumerable.Range(0, (int)Math.Max(0, count)).Select(i => ((object?)(long)i, (object?)(long)i))],
        null => [],
        _ => null,
    };

    /// <summary>Neither side of a branch is known: a mark stands for both, on a line of its own where they are lines.</summary>
    private void Leave(Branch branch, TemplateOutput output)
    {
        var lines = branch.Body.Concat(branch.Else).Any(n => n is not TextPiece text || text.Text.Contains('\n'));
        var mark = New().Mark;
        output.Write(branch.Range, lines ? "\n" + mark + "\n" : mark);
        Forget(branch.Body);
        Forget(branch.Else);
    }

    // what a side would have set is not known either
    private void Forget(IReadOnlyList<TemplateNode> nodes)
    {
        foreach (var node in nodes)
        {
            if (node is ValueAction { Pipe: { Declares: false, Variables: [var name, ..] } }) Set(name, New(), declares: false);
            if (node is not Branch branch) continue;
            Forget(branch.Body);
            Forget(branch.Else);
        }
    }

    private Unknown New() => new(_unknown++);

    private object? Value(TemplatePipe pipe, object? dot)
    {
        object? value = null;
        for (var i = 0; i < pipe.Commands.Count; i++) value = Value(pipe, pipe.Commands[i], dot, i > 0, value);
        if (pipe.Variables is [var name, ..]) Set(name, value, pipe.Declares);
        return value;
    }

    private void Set(string name, object? value, bool declares)
    {
        var at = declares ? -1 : _variables.FindLastIndex(v => v.Name == name);
        if (at < 0) _variables.Add((name, value));
        else _variables[at] = (name, value);
    }

    private object? Value(TemplatePipe pipe, IReadOnlyList<Operand> words, object? dot, bool piped, object? last)
    {
        if (++_steps > MostSteps) throw new TemplateException($"it takes more than {MostSteps:N0} steps", pipe.Range.Start);
        if (words is [Function function, ..]) return Call(function.Name, Arguments(words, dot, piped, last));
        var value = Value(words[0], dot);
        if (value is Func<object?[], object?> method) return Guarded(() => method(Arguments(words, dot, piped, last)));
        return words.Count == 1 && !piped ? value : New();
    }

    private object?[] Arguments(IReadOnlyList<Operand> words, object? dot, bool piped, object? last)
    {
        var arguments = new List<object?>(words.Count);
        for (var i = 1; i < words.Count; i++) arguments.Add(Value(words[i], dot));
        if (piped) arguments.Add(last);
        return [.. arguments];
    }

    private object? Value(Operand word, object? dot) => word switch
    {
        Constant constant => constant.Value,
        Fields fields => Field(dot, fields.Names),
        Variable variable => Field(_variables.FindLast(v => v.Name == variable.Name).Value, variable.Names),
        Parenthesis group => Field(Value(group.Pipe, dot), group.Names),
        Function function => Call(function.Name, []),
        _ => null,
    };

    // a field of nothing stops Helm: what somebody must give first cannot be known here
    private object? Field(object? value, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (value is not Dictionary<string, object?> map) return value as Unknown ?? New();
            value = map.GetValueOrDefault(name);
        }
        return value;
    }

    private object? Call(string name, object?[] arguments) => name switch
    {
        "include" => Include(arguments),
        "tpl" => Guarded(() => arguments is [string text, var context] && !Unknown.IsIn(text) ? Captured(TemplateParser.Parse(text).Nodes, context) : arguments[0]),
        "and" => arguments.FirstOrDefault(a => TemplateValue.IsTrue(a) == false, Undecided(arguments)),
        "or" => arguments.FirstOrDefault(a => TemplateValue.IsTrue(a) == true, Undecided(arguments)),
        _ => TemplateFunctions.Find(name) is not { } function || (!TemplateFunctions.SeesThrough(name) && arguments.Any(TemplateValue.IsOpen)) ? New() : Guarded(() => function(arguments)),
    };

    private object? Undecided(object?[] arguments) => arguments.Any(a => TemplateValue.IsTrue(a) is null) ? New() : arguments.LastOrDefault();

    private object? Include(object?[] arguments) =>
        arguments is [string name, var argument] && defines.TryGetValue(name, out var nodes) ? Captured(nodes, argument) : New();

    private string Captured(IReadOnlyList<TemplateNode> nodes, object? argument)
    {
        var inner = new TemplateOutput(MostCharacters);
        Enter(nodes, argument, inner);
        return Charged(inner.Text);
    }

    /// <summary>A function that does not take what it is given makes a value that is not known.</summary>
    private object? Guarded(Func<object?> function)
    {
        try
        {
            var value = function();
            if (value is string text) Charged(text);
            return value is Unknown ? New() : value;
        }
        catch (Exception e) when (e is InvalidCastException or ArgumentException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException or KeyNotFoundException or DivideByZeroException or NotSupportedException)
        {
            return New();
        }
    }

    private string Charged(string text)
    {
        _work += text.Length;
        return text.Length <= MostCharacters && _work <= MostWork ? text : throw new TemplateException("it makes more text than is followed");
    }
}
