namespace Signalbox.Pipelines.GitHubActions.Expressions;

/// <summary>A key of a workflow in which expressions may stand, with the contexts and special functions that GitHub has there.</summary>
/// <param name="Key">GitHub's own name of the place.</param>
/// <remarks>Source: docs.github.com, "Contexts reference", table "Context availability".</remarks>
public sealed record ExpressionPlace(string Key, IReadOnlyList<string> Contexts, IReadOnlyList<string> Functions)
{
    private static readonly string[] s_status = ["always", "cancelled", "failure", "success"];
    private static readonly string[] s_hash = ["hashfiles"];
    private static readonly string[] s_job = ["github", "needs", "strategy", "matrix", "vars", "inputs"];
    private static readonly string[] s_step = [.. s_job, "env", "job", "runner", "secrets", "steps"];

    /// <summary>Where GitHub evaluates literals alone.</summary>
    public static ExpressionPlace Nowhere { get; } = new("here", [], []);

    public static ExpressionPlace RunName { get; } = new("run-name", ["github", "inputs", "vars"], []);
    public static ExpressionPlace Concurrency { get; } = RunName with { Key = "concurrency" };
    public static ExpressionPlace Env { get; } = new("env", ["github", "secrets", "inputs", "vars"], []);
    public static ExpressionPlace CallInputDefault { get; } = RunName with { Key = "on.workflow_call.inputs.<inputs_id>.default" };
    public static ExpressionPlace CallOutput { get; } = new("on.workflow_call.outputs.<output_id>.value", ["github", "jobs", "vars", "inputs"], []);

    public static ExpressionPlace JobIf { get; } = new("jobs.<job_id>.if", ["github", "needs", "vars", "inputs"], s_status);
    public static ExpressionPlace SnapshotIf { get; } = new("jobs.<job_id>.snapshot.if", s_job, []);
    public static ExpressionPlace JobStrategy { get; } = new("jobs.<job_id>.strategy", ["github", "needs", "vars", "inputs"], []);
    public static ExpressionPlace JobName { get; } = new("jobs.<job_id>.name", s_job, []);
    public static ExpressionPlace JobRunsOn { get; } = JobName with { Key = "jobs.<job_id>.runs-on" };
    public static ExpressionPlace JobEnvironment { get; } = JobName with { Key = "jobs.<job_id>.environment" };
    public static ExpressionPlace JobConcurrency { get; } = JobName with { Key = "jobs.<job_id>.concurrency" };
    public static ExpressionPlace JobContainer { get; } = JobName with { Key = "jobs.<job_id>.container" };
    public static ExpressionPlace JobServices { get; } = JobName with { Key = "jobs.<job_id>.services" };
    public static ExpressionPlace JobContinueOnError { get; } = JobName with { Key = "jobs.<job_id>.continue-on-error" };
    public static ExpressionPlace JobTimeout { get; } = JobName with { Key = "jobs.<job_id>.timeout-minutes" };
    public static ExpressionPlace JobWith { get; } = JobName with { Key = "jobs.<job_id>.with.<with_id>" };
    public static ExpressionPlace JobEnv { get; } = new("jobs.<job_id>.env", [.. s_job, "secrets"], []);
    public static ExpressionPlace JobSecrets { get; } = JobEnv with { Key = "jobs.<job_id>.secrets.<secrets_id>" };
    public static ExpressionPlace JobDefaults { get; } = new("jobs.<job_id>.defaults.run", [.. s_job, "env"], []);
    public static ExpressionPlace JobEnvironmentUrl { get; } = new("jobs.<job_id>.environment.url", [.. s_job, "job", "runner", "env", "steps"], []);
    public static ExpressionPlace JobCredentials { get; } = new("jobs.<job_id>.container.credentials", [.. s_job, "env", "secrets"], []);
    public static ExpressionPlace JobContainerEnv { get; } = new("jobs.<job_id>.container.env.<env_id>", [.. s_job, "job", "runner", "env", "secrets"], []);
    public static ExpressionPlace JobOutputs { get; } = new("jobs.<job_id>.outputs.<output_id>", s_step, []);

    public static ExpressionPlace StepIf { get; } = new("jobs.<job_id>.steps.if", [.. s_job, "env", "job", "runner", "steps"], [.. s_status, .. s_hash]);
    public static ExpressionPlace StepRun { get; } = new("jobs.<job_id>.steps.run", s_step, s_hash);
    public static ExpressionPlace StepWith { get; } = StepRun with { Key = "jobs.<job_id>.steps.with" };
    public static ExpressionPlace StepEnv { get; } = StepRun with { Key = "jobs.<job_id>.steps.env" };
    public static ExpressionPlace StepName { get; } = StepRun with { Key = "jobs.<job_id>.steps.name" };
    public static ExpressionPlace StepWorkingDirectory { get; } = StepRun with { Key = "jobs.<job_id>.steps.working-directory" };
    public static ExpressionPlace StepContinueOnError { get; } = StepRun with { Key = "jobs.<job_id>.steps.continue-on-error" };
    public static ExpressionPlace StepTimeout { get; } = StepRun with { Key = "jobs.<job_id>.steps.timeout-minutes" };

    public bool IsCondition => Key.EndsWith(".if", StringComparison.Ordinal);
}

/// <summary>What a value must be once its expression is evaluated.</summary>
public enum ValueShape { Text, Condition, Boolean, Number, Object, List, TextOrList, Any }
