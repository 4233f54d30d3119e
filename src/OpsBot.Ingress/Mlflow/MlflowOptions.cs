namespace OpsBot.Ingress.Mlflow;

// senders:
//   mlflow: { secrets: [ "..." ] }        # the secret of the webhook (mlflow.create_webhook); runs are polled, see PollOptions

/// <summary>Webhooks of MLflow's model registry.</summary>
public sealed class MlflowOptions : SigningSenderOptions;
