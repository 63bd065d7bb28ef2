print("hujia")
