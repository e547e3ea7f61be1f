using System.Collections.Concurrent;

namespace Signalbox.Audit;

/// <summary>The rules of one run, found by what they check.</summary>
internal sealed class RuleSet(IReadOnlyList<Rule> rules)
{
    private readonly ConcurrentDictionary<Type, object> _byType = new();

    public IReadOnlyList<Rule> Rules { get; } = rules;

    public (Rule Rule, IChecks<T> Check)[] For<T>() =>
        ((Rule, IChecks<T>)[])_byType.GetOrAdd(typeof(T), static (_, set) => set.Rules.Where(r => r is IChecks<T>).Select(r => (r, (IChecks<T>)r)).ToArray(), this);
}
